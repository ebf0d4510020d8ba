// How a container's memory is limited where no memory cgroup can be made for it.
//
// RLIMIT_AS cannot be used: node reserves gigabytes of address space at its start
// and touches little of it. RLIMIT_DATA counts private writable mappings only (since
// Linux 4.7) and works for node as it does for python3. Measured with node 20.20 and
// Python 3.11 under limits of 64 to 512 MiB: both start under 64 MiB; an array that
// grows without end stops at the limit, in Python with a MemoryError, in node with
// "Array buffer allocation failed" or, for its heap, with the end of the process.
//
// It is weaker than a cgroup in two ways. It holds for each process, so an action
// that forks gets it once for each. And the kernel only refuses, it does not tell:
// a container that ended for want of memory is not known to have done so, and its
// activation ends as an abnormal one.
#ifndef OWPOOL_LIB_PROCESS_MEMORY_LIMIT_H_
#define OWPOOL_LIB_PROCESS_MEMORY_LIMIT_H_

#include "owpool/units.h"

namespace owpool::process {

// Thread stacks count in full (8 MiB each), though hardly any of them is touched:
// an idle node has 48 MiB of such mappings and 40 MiB resident, shared pages included.
inline constexpr ByteSize kDataLimitHeadroom = ByteSize::mebibytes(64);

// What RLIMIT_DATA is set to for a container that may use "memory".
constexpr ByteSize dataLimit(ByteSize memory) { return memory + kDataLimitHeadroom; }

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_MEMORY_LIMIT_H_
