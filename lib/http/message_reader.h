// Takes messages apart that come in over a Connection: the head as text, the body
// as it was before it was framed.
#ifndef OWPOOL_HTTP_MESSAGE_READER_H_
#define OWPOOL_HTTP_MESSAGE_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/connection.h"
#include "http/header_fields.h"

namespace owpool::http {

enum class HeadStatus {
  Ok,
  TooLarge,
  Malformed,  // A line that ends in a bare LF.
  Io,         // The Connection's status says what.
};

struct HeadRead {
  HeadStatus status = HeadStatus::Ok;
  IoStatus io = IoStatus::Ok;
  std::string text;  // What parseRequestHead() and parseResponseHead() take.
};

// Reads and consumes a head of at most "size_max" bytes, empty lines before it
// included and dropped.
HeadRead readHead(Connection& connection, std::size_t size_max);

enum class BodyStatus { Piece, End, Malformed, Io };

// Reads one body, piece by piece; how much that is, is the caller's to count.
class BodyReader {
 public:
  BodyReader(Connection& connection, BodyFraming framing);

  // Piece: "piece" holds at least one byte and is valid until the next call. After
  // anything else next() must not be called again.
  BodyStatus next(std::string_view& piece);
  // Why the result was Io. A body that ends too early is Closed or Lost.
  IoStatus io() const { return io_; }

 private:
  // Consumes what the previous call gave out; then at least one byte is buffered.
  bool haveBytes();
  // The next line without its CRLF, of at most kLineMax bytes; consumed at the next call.
  BodyStatus nextLine(std::string_view& line);
  BodyStatus nextChunk();     // Piece: remaining_ is the size of a chunk.
  BodyStatus endOfChunk();    // Piece: the CRLF was there.
  BodyStatus skipTrailers();

  Connection& connection_;
  BodyFraming framing_;
  std::int64_t remaining_ = 0;  // Of the body, or of the chunk.
  bool in_chunk_ = false;
  std::size_t given_ = 0;  // Bytes at the front of the buffer that the caller has seen.
  IoStatus io_ = IoStatus::Ok;
};

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_MESSAGE_READER_H_
