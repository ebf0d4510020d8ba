// What an answer looks like on the wire. Pure.
#ifndef OWPOOL_HTTP_RESPONSE_WRITER_H_
#define OWPOOL_HTTP_RESPONSE_WRITER_H_

#include <string>

#include "http/server.h"

namespace owpool::http {

struct WriteOptions {
  bool keep_alive = true;
  bool to_head = false;  // The answer to a HEAD: all headers, no body.
};

// Headers that would break out of their line are left out.
std::string responseText(const Response& response, WriteOptions options);

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_RESPONSE_WRITER_H_
