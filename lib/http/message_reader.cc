#include "http/message_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace owpool::http {
namespace {

constexpr std::size_t kLineMax = 1024;      // Of a chunk's size line, or of one trailer.
constexpr std::size_t kTrailersMax = 8192;  // Of all trailers together.

// "1a" or "1a;extension". nullopt: malformed, a sign or an absurd size included.
std::optional<std::int64_t> parseChunkSize(std::string_view line) {
  const std::string_view digits = trimmed(line.substr(0, line.find(';')));
  const bool plain = !digits.empty() && digits.size() <= 15 && digits[0] == line[0] &&
                     digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  if (!plain) return std::nullopt;
  std::int64_t size = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  return size;
}

}  // namespace

HeadRead readHead(Connection& connection, std::size_t size_max) {
  HeadRead result;
  std::size_t skipped = 0;  // Empty lines, which some clients send after a body.
  std::size_t checked = 0;
  for (;;) {
    std::string_view text = connection.buffered();
    while (checked == 0 && text.substr(0, 2) == "\r\n") {
      connection.consume(2);
      skipped += 2;
      text = connection.buffered();
    }
    const std::size_t size = std::min(text.size(), size_max - std::min(size_max, skipped));
    for (std::size_t at = text.find('\n', checked); at < size; at = text.find('\n', at + 1)) {
      if (at == 0 || text[at - 1] != '\r') return {HeadStatus::Malformed, IoStatus::Ok, {}};
      if (at >= 3 && text.substr(at - 3, 4) == "\r\n\r\n") {
        result.text = text.substr(0, at - 1);
        connection.consume(at + 1);
        return result;
      }
    }
    if (size < text.size() || skipped + size >= size_max)
      return {HeadStatus::TooLarge, IoStatus::Ok, {}};
    checked = text == "\r" ? 0 : size;
    if (const IoStatus io = connection.fill(); io != IoStatus::Ok)
      return {HeadStatus::Io, io, {}};
  }
}

BodyReader::BodyReader(Connection& connection, BodyFraming framing)
    : connection_(connection), framing_(framing), remaining_(framing.length) {}

bool BodyReader::haveBytes() {
  connection_.consume(given_);
  given_ = 0;
  if (connection_.buffered().empty()) io_ = connection_.fill();
  return io_ == IoStatus::Ok;
}

BodyStatus BodyReader::nextLine(std::string_view& line) {
  if (!haveBytes()) return BodyStatus::Io;
  for (;;) {
    const std::string_view text = connection_.buffered();
    const std::size_t end = text.find('\n');
    if (std::min(end, text.size()) > kLineMax) return BodyStatus::Malformed;
    if (end != std::string_view::npos) {
      if (end == 0 || text[end - 1] != '\r') return BodyStatus::Malformed;
      line = text.substr(0, end - 1);
      given_ = end + 1;
      return BodyStatus::Piece;
    }
    io_ = connection_.fill();
    if (io_ != IoStatus::Ok) return BodyStatus::Io;
  }
}

BodyStatus BodyReader::endOfChunk() {
  std::string_view line;
  const BodyStatus status = nextLine(line);
  if (status == BodyStatus::Piece && !line.empty()) return BodyStatus::Malformed;
  return status;
}

BodyStatus BodyReader::skipTrailers() {
  std::size_t total = 0;
  for (;;) {
    std::string_view line;
    const BodyStatus status = nextLine(line);
    if (status != BodyStatus::Piece) return status;
    total += given_;
    if (!line.empty() && total <= kTrailersMax) continue;
    const bool ended = line.empty();
    connection_.consume(given_);
    given_ = 0;
    return ended ? BodyStatus::End : BodyStatus::Malformed;
  }
}

BodyStatus BodyReader::nextChunk() {
  if (in_chunk_) {
    if (const BodyStatus status = endOfChunk(); status != BodyStatus::Piece) return status;
  }
  std::string_view line;
  if (const BodyStatus status = nextLine(line); status != BodyStatus::Piece) return status;
  const auto size = parseChunkSize(line);
  if (!size.has_value()) return BodyStatus::Malformed;
  if (*size == 0) return skipTrailers();
  in_chunk_ = true;
  remaining_ = *size;
  return BodyStatus::Piece;
}

BodyStatus BodyReader::next(std::string_view& piece) {
  const bool until_close = framing_.kind == BodyFraming::Kind::UntilClose;
  if (framing_.kind == BodyFraming::Kind::Chunked && remaining_ == 0) {
    if (const BodyStatus status = nextChunk(); status != BodyStatus::Piece) return status;
  }
  if (!until_close && remaining_ == 0) {
    connection_.consume(given_);
    given_ = 0;
    return BodyStatus::End;
  }
  if (!haveBytes())
    return until_close && io_ == IoStatus::Closed ? BodyStatus::End : BodyStatus::Io;
  piece = connection_.buffered();
  if (!until_close) {
    piece = piece.substr(0, static_cast<std::size_t>(
                                std::min<std::int64_t>(remaining_, std::ssize(piece))));
    remaining_ -= std::ssize(piece);
  }
  given_ = piece.size();
  return BodyStatus::Piece;
}

}  // namespace owpool::http
