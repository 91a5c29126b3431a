#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace testudo::import_ {

// A name of the template language that is as near as possible to `text`: "Web Server_01" gives "web-server-01". Parts
// in `{{ }}` are left out. `fallback` is taken for what has no letter or digit, and put before what begins with a digit
// and before "null".
std::string name_of(std::string_view text, std::size_t longest, std::string_view fallback);

// The first `bytes` bytes of a text, or fewer where a character would be cut.
std::string shortened(std::string_view text, std::size_t bytes);

// Names that are taken; gives free ones.
class NameBook {
  public:
    explicit NameBook(std::size_t longest, std::set<std::string> kept = {})
        : longest_(longest), taken_(std::move(kept)) {}

    // The name of `text`, with a number behind it if it is taken.
    std::string take(std::string_view text, std::string_view fallback);
    bool has(const std::string& name) const { return taken_.contains(name); }

  private:
    std::size_t longest_;
    std::set<std::string> taken_;
    std::map<std::string, int> next_; // the number to try first: those below are taken, and stay so
};

} // namespace testudo::import_
