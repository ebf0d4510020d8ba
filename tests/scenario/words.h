// Effects and pools in words, for people to read.
#ifndef OWPOOL_TESTS_SCENARIO_WORDS_H_
#define OWPOOL_TESTS_SCENARIO_WORDS_H_

#include <string>

#include "owpool/pool.h"
#include "tests/scenario/scenario_file.h"

namespace owpool::scenario {

std::string inWords(Duration duration);  // "1m30s".
std::string inWords(const Effect& effect);

// A line for each container, by id; then the buffer, if anybody waits.
Lines inWords(const Pool& pool);

// What is not 0.
Lines inWords(const PoolStats& stats);

}  // namespace owpool::scenario

#endif  // OWPOOL_TESTS_SCENARIO_WORDS_H_
