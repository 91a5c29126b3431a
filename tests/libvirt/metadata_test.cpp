#include "orchestrator/libvirt/metadata.hpp"

#include <gtest/gtest.h>

namespace testudo::libvirt {
namespace {

const range::Mark mark{"harbour-shield", "portal@north", "abc", "def"};

std::string domain_with_mark() {
    pugi::xml_document document;
    add_metadata(document.append_child("domain"), {mark, "vm"});
    return to_text(document);
}

TEST(Metadata, IsReadBackFromTheWholeDocument) {
    const auto read = read_metadata(domain_with_mark());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->mark, mark);
    EXPECT_EQ(read->kind, "vm");
}

TEST(Metadata, IsReadFromTheElementAloneAsLibvirtGivesIt) {
    const auto read = read_metadata(R"(<object kind="container" exercise="e" object="o" plan="p" spec="s"/>)");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->mark, (range::Mark{"e", "o", "p", "s"}));
}

TEST(Metadata, StandsBesideThatOfOthers) {
    const auto read = read_metadata(
        R"(<network><name>n</name><metadata><other:object xmlns:other="urn:other" exercise="theirs"/>)"
        R"(<x:object xmlns:x="https://testudo.example/xmlns/object/1" exercise="ours"/></metadata></network>)");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->mark.exercise, "ours");
}

TEST(Metadata, OfOthersIsNotOurs) {
    EXPECT_FALSE(read_metadata("<network><name>default</name></network>"));
    EXPECT_FALSE(read_metadata(
        R"(<network><metadata><testudo:object xmlns:testudo="urn:other" exercise="e"/></metadata></network>)"));
    EXPECT_FALSE(read_metadata("<network><metadata><testudo:object exercise='e'/></metadata></network>"));
    EXPECT_FALSE(read_metadata(""));
    EXPECT_FALSE(read_metadata("no xml"));
}

TEST(Metadata, KeepsAwkwardText) {
    pugi::xml_document document;
    add_metadata(document.append_child("domain"), {{"a\"b", "<o>&'", "", "\xC3\xA4"}, "vm"});
    EXPECT_EQ(read_metadata(to_text(document))->mark, (range::Mark{"a\"b", "<o>&'", "", "\xC3\xA4"}));
}

} // namespace
} // namespace testudo::libvirt
