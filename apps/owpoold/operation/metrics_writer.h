#ifndef OWPOOLD_OPERATION_METRICS_WRITER_H_
#define OWPOOLD_OPERATION_METRICS_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "fmt/format.h"
#include "owpoold/operation/histogram.h"

namespace owpool::daemon {

// Labels of a sample, e.g. Labels().add("state", "prewarm"). Values may hold anything.
class Labels {
 public:
  Labels& add(std::string_view name, std::string_view value) {
    if (!text_.empty()) text_ += ',';
    text_ += name;
    text_ += "=\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') text_ += '\\';
      if (c == '\n') {
        text_ += "\\n";
      } else {
        text_ += c;
      }
    }
    text_ += '"';
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Prometheus' text format 0.0.4. A family's samples follow it directly.
class MetricsWriter {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
  }
  template <typename Number>
  void sample(const Labels& labels, Number value, std::string_view suffix = "") {
    text_ += labels.text().empty()
                 ? fmt::format("{}{} {}\n", name_, suffix, value)
                 : fmt::format("{}{}{{{}}} {}\n", name_, suffix, labels.text(), value);
  }
  // A family of one sample without labels.
  template <typename Number>
  void single(std::string_view name, std::string_view type, std::string_view help, Number value) {
    family(name, type, help);
    sample({}, value);
  }
  void histogram(const Labels& labels, const Histogram& histogram) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < histogram.bounds.size(); ++i) {
      count += histogram.counts[i];
      sample(Labels(labels).add("le", fmt::format("{}", histogram.bounds[i])), count, "_bucket");
    }
    count += histogram.counts.back();
    sample(Labels(labels).add("le", "+Inf"), count, "_bucket");
    sample(labels, histogram.sum, "_sum");
    sample(labels, count, "_count");
  }
  std::string take() { return std::move(text_); }

 private:
  std::string_view name_;
  std::string text_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_METRICS_WRITER_H_
