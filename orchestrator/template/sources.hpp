#pragma once
#include <map>
#include <memory>
#include <string>

#include "orchestrator/core/error.hpp"
#include "orchestrator/template/report.hpp"

namespace testudo::template_ {

// The files that a template is made of. What a template names is read from its own folder, or, when the name begins
// with `lib/`, from the folder `lib` beside that folder; from nowhere else, whatever links and dots the name holds.
class Sources {
  public:
    // `shown` is how the user named the template; places in other files are shown relative to it.
    explicit Sources(std::string shown);

    // The template itself.
    Result<std::shared_ptr<const SourceFile>> main() const;
    // A file that the template names at `where`; null when it may not or cannot be read, which is then in `out`.
    std::shared_ptr<const SourceFile> included(const std::string& name, const Span& where, Diagnostics& out);

  private:
    std::string shown_;
    std::map<std::string, std::shared_ptr<const SourceFile>> read_;
};

} // namespace testudo::template_
