// Ends what containers left running when this program dies without having been able to
// do it itself. The kernel kills the containers' own processes with us
// (PR_SET_PDEATHSIG), but not those that they started.
#ifndef OWPOOL_LIB_PROCESS_GUARDIAN_H_
#define OWPOOL_LIB_PROCESS_GUARDIAN_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "os/unique_fd.h"

namespace owpool::process {

struct GuardianDuties {
  // Of every process to end: how an environment variable of it begins.
  std::string mark;
  // Parents of the containers' control groups.
  std::vector<std::string> cgroups;
  // Of the containers' directories. The guardian keeps it open, and with it a lock on
  // it, until it has done its duties.
  int directory_fd = -1;
  int lock_fd = -1;
};

// A small process that waits, without any of this program's descriptors, until this
// program or the object is gone. Then it ends and removes what "duties" names.
class Guardian {
 public:
  static absl::StatusOr<std::unique_ptr<Guardian>> start(const GuardianDuties& duties);
  // Waits until the duties are done.
  ~Guardian();
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;

  pid_t pid() const { return pid_; }

 private:
  Guardian(pid_t pid, os::UniqueFd life_line) : pid_(pid), life_line_(std::move(life_line)) {}

  pid_t pid_;
  os::UniqueFd life_line_;  // Closed when we are gone.
};

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_GUARDIAN_H_
