#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

// Confidentiality labels, written as the field writes them: `EXERCISE SECRET REL EST FIN TLP:AMBER`, in words a policy,
// a classification, the nations that it may be released to (or `ONLY` those, for whom it was made), and a colour of the
// Traffic Light Protocol. All but one of the parts may be missing.
namespace testudo {

enum class Classification { unclassified, restricted, confidential, secret, top_secret };
enum class Tlp { none, clear, green, amber, amber_strict, red };

struct Label {
    std::string policy = "EXERCISE"; // who says what the words mean; EXERCISE is nobody's but the exercise's
    Classification classification = Classification::unclassified;
    bool only = false;
    std::vector<std::string> released; // nations and groups, in the order of the alphabet; empty: to all who take part
    Tlp tlp = Tlp::none;
    bool operator==(const Label&) const = default;
};

// What is wrong with a text that should be a label; [begin, end) are its bytes.
struct LabelFault {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string message;
    std::string hint;
};

tl::expected<Label, LabelFault> parse_label(std::string_view text);
std::string to_text(const Label& label);
// "SECRET" and the like; nothing for any other word.
std::optional<Classification> classification_of(std::string_view words);
std::string to_text(Classification classification);
std::string to_text(Tlp tlp);

// The label of a whole that has parts with these: the higher classification and colour, and the nations that may have
// both; `released` holds nations only here, no groups. Nothing where nobody may have both, or where the policies
// differ and so cannot be compared.
std::optional<Label> strictest(const Label& a, const Label& b);

} // namespace testudo
