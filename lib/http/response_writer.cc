#include "http/response_writer.h"

#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "http/header_fields.h"

namespace owpool::http {
namespace {

std::string_view reasonPhrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Payload Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "";  // Allowed to be empty.
  }
}

void appendHeader(std::string& out, std::string_view name, std::string_view value) {
  if (!isToken(name) || value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos) return;
  fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, value);
}

}  // namespace

std::string responseText(const Response& response, WriteOptions options) {
  std::string out =
      fmt::format("HTTP/1.1 {} {}\r\n", response.status, reasonPhrase(response.status));
  for (const auto& [name, value] : response.headers) appendHeader(out, name, value);
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) {
    if (!response.body.empty()) appendHeader(out, "Content-Type", response.content_type);
    appendHeader(out, "Content-Length", std::to_string(response.body.size()));
  }
  appendHeader(out, "Connection", options.keep_alive ? "keep-alive" : "close");
  out += "\r\n";
  if (!bodiless && !options.to_head) out += response.body;
  return out;
}

}  // namespace owpool::http
