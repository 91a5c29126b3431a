#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/template/report.hpp"
#include "orchestrator/template/spanned.hpp"

namespace testudo::template_ {

// Texts may hold `{{ expression }}`: whole numbers, names, + - * / %, brackets and the functions `pad(VALUE, WIDTH)`
// (zeros before it) and `hex(NUMBER)`. A name is words joined by dots (`team.number`, `portal.ipv4`); a hyphen directly
// between letters belongs to the word, so a minus needs blanks around it.
using Value = std::variant<std::int64_t, std::string>;

// What names mean at one place.
class Scope {
  public:
    virtual ~Scope() = default;
    virtual std::optional<Value> find(const std::string& name) const = 0;
    // For "did you mean".
    virtual std::vector<std::string> names() const = 0;
    // A sentence on why `name` has no meaning here though it has one elsewhere; else empty.
    virtual std::string why_not(const std::string& name) const = 0;
};

bool has_expressions(const Text& text);

// The text with its expressions evaluated; nothing when one of them is wrong, which is then in `out`.
std::optional<std::string> expand(const Text& text, const Scope& scope, Diagnostics& out);

} // namespace testudo::template_
