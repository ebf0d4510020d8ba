#include "owpoold/config/docker_options.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "docker/engine_address.h"
#include "fmt/format.h"

namespace owpool::daemon {
namespace {

constexpr std::string_view kNone = "none";
constexpr std::size_t kNameMax = 255;

bool isOf(const std::string& text, std::string_view punctuation) {
  return !text.empty() && text.size() <= kNameMax &&
         absl::ascii_isalnum(static_cast<unsigned char>(text.front())) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  punctuation.find(c) != punctuation.npos;
         });
}

absl::StatusOr<std::vector<std::string>> parseImages(const std::string& text) {
  std::vector<std::string> images;
  if (text == kNone) return images;
  for (std::string image : std::vector<std::string>(absl::StrSplit(text, ','))) {
    absl::StripAsciiWhitespace(&image);
    if (!isPartOfImageName(image)) {
      return absl::InvalidArgumentError(fmt::format(
          "must be none, or names of images with commas between, like mine/ or ubuntu:22.04, "
          "not '{}'", text));
    }
    images.push_back(std::move(image));
  }
  return images;
}

}  // namespace

bool isPartOfImageName(const std::string& text) {
  return isOf(text, "._-/:@") && text.find("..") == text.npos && text.find("//") == text.npos;
}

absl::Status checkEngineAddress(const std::string& text) {
  return docker::engineAddress(text, /*allow_tcp=*/true).status();
}

absl::Status checkNetworkName(const std::string& text) {
  if (isOf(text, "_.-") && text.size() <= 128) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("must be own or the name of a network, not '{}'", text));
}

Option wordOrTextOption(std::string name, std::string placeholder, std::string word,
                        std::string help, std::string Options::*field,
                        absl::Status (*check)(const std::string& text)) {
  Option option;
  option.name = std::move(name);
  option.placeholder = fmt::format("{}|{}", placeholder, word);
  option.help = std::move(help);
  option.set = [=](Options& options, const std::string& text) {
    if (text == word) {
      options.*field = "";
      return absl::OkStatus();
    }
    if (text.empty()) return absl::InvalidArgumentError("must not be empty");
    auto status = check(text);
    if (status.ok()) options.*field = text;
    return status;
  };
  option.get = [=](const Options& options) {
    return (options.*field).empty() ? word : options.*field;
  };
  return option;
}

Option imagesOption(std::string name, std::string help,
                    std::vector<std::string> Options::*field) {
  Option option;
  option.name = std::move(name);
  option.placeholder = "IMAGE,...|none";
  option.help = std::move(help);
  option.set = [=](Options& options, const std::string& text) {
    auto images = parseImages(text);
    if (images.ok()) options.*field = *std::move(images);
    return images.status();
  };
  option.get = [=](const Options& options) {
    const auto& images = options.*field;
    return images.empty() ? std::string(kNone) : absl::StrJoin(images, ",");
  };
  return option;
}

}  // namespace owpool::daemon
