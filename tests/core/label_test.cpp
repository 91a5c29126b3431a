#include "orchestrator/core/label.hpp"

#include <gtest/gtest.h>

namespace testudo {
namespace {

Label label(std::string_view text) {
    const auto read = parse_label(text);
    EXPECT_TRUE(read) << text << ": " << (read ? "" : read.error().message);
    return read.value_or(Label{});
}

// The bytes that are complained about.
std::string fault(std::string_view text) {
    const auto read = parse_label(text);
    if (read)
        return "nothing";
    EXPECT_LE(read.error().begin, read.error().end);
    EXPECT_LE(read.error().end, text.size());
    return std::string(text.substr(read.error().begin, read.error().end - read.error().begin));
}

TEST(Label, says_what_it_says) {
    const auto one = label("EXERCISE TOP SECRET REL SWE EST FIN EST TLP:AMBER+STRICT");
    EXPECT_EQ(one.policy, "EXERCISE");
    EXPECT_EQ(one.classification, Classification::top_secret);
    EXPECT_FALSE(one.only);
    EXPECT_EQ(one.released, (std::vector<std::string>{"EST", "FIN", "SWE"}));
    EXPECT_EQ(one.tlp, Tlp::amber_strict);
    EXPECT_EQ(to_text(one), "EXERCISE TOP SECRET REL EST FIN SWE TLP:AMBER+STRICT");
}

TEST(Label, parts_may_be_missing) {
    EXPECT_EQ(to_text(label("EXERCISE")), "EXERCISE UNCLASSIFIED");
    EXPECT_EQ(to_text(label("SECRET ONLY EST")), "EXERCISE SECRET ONLY EST");
    EXPECT_EQ(to_text(label("TLP:RED")), "EXERCISE UNCLASSIFIED TLP:RED");
    EXPECT_EQ(to_text(label("  XAA  RESTRICTED ")), "XAA RESTRICTED");
    EXPECT_EQ(label(to_text(label("REL EST TLP:CLEAR"))), label("TLP:CLEAR REL EST"));
}

TEST(Label, faults_are_pointed_at) {
    EXPECT_EQ(fault(""), "");
    EXPECT_EQ(fault("SECRT REL EST"), "SECRT"); // no policy of that name, or a secret would pass for unclassified
    EXPECT_EQ(fault("EXERCISE SECRT"), "SECRT");
    EXPECT_EQ(fault("exercise"), "exercise");
    EXPECT_EQ(fault("EXERCISE REL"), "REL");
    EXPECT_EQ(fault("EXERCISE REL est"), "est");
    EXPECT_EQ(fault("EXERCISE REL EST ONLY FIN"), "ONLY");
    EXPECT_EQ(fault("EXERCISE TLP:BLUE"), "TLP:BLUE");
    EXPECT_EQ(fault("TLP:RED TLP:RED"), "TLP:RED");
    EXPECT_EQ(parse_label("SECRT REL EST").error().hint, "did you mean `SECRET`?");
}

TEST(Label, of_a_whole_is_the_strictest) {
    const auto whole = [](std::string_view a, std::string_view b) {
        const auto made = strictest(label(a), label(b));
        EXPECT_EQ(made, strictest(label(b), label(a))) << a << " and " << b;
        return made ? to_text(*made) : "none";
    };
    EXPECT_EQ(whole("RESTRICTED REL EST FIN TLP:GREEN", "SECRET REL FIN SWE"), "EXERCISE SECRET REL FIN TLP:GREEN");
    EXPECT_EQ(whole("EXERCISE", "CONFIDENTIAL ONLY EST"), "EXERCISE CONFIDENTIAL ONLY EST");
    EXPECT_EQ(whole("REL EST FIN", "ONLY EST"), "EXERCISE UNCLASSIFIED ONLY EST");
    EXPECT_EQ(whole("TOP SECRET", "SECRET TLP:RED"), "EXERCISE TOP SECRET TLP:RED");
    EXPECT_EQ(whole("ONLY EST", "ONLY FIN"), "none");
    EXPECT_EQ(whole("XAA SECRET", "XBB SECRET"), "none");
}

} // namespace
} // namespace testudo
