#include "orchestrator/template/rule.hpp"

#include <gtest/gtest.h>

namespace testudo::template_ {
namespace {

RuleText parse(const std::string& text, std::size_t errors = 0) {
    const auto file = std::make_shared<const SourceFile>(SourceFile{"test", text});
    Diagnostics out;
    auto rule = parse_rule(Text{text, Span{file, 0, text.size()}}, out);
    EXPECT_EQ(out.size(), errors) << text;
    EXPECT_EQ(rule.valid, errors == 0) << text;
    return rule;
}

TEST(Rule, to_a_service) {
    const auto rule = parse("internet -> portal.web");
    EXPECT_EQ(rule.from.value, "internet");
    EXPECT_EQ(rule.to.value, "portal");
    EXPECT_EQ(rule.service.value, "web");
    EXPECT_EQ(rule.service.span.begin, 19U);
}

TEST(Rule, with_a_protocol) {
    EXPECT_EQ(parse("a -> b").protocol, "");
    EXPECT_EQ(parse("a -> b icmp").protocol, "icmp");
    EXPECT_EQ(parse("a -> b tcp").first_port, 0);
    const auto one = parse("a -> b udp/53");
    EXPECT_EQ(one.first_port, 53);
    EXPECT_EQ(one.last_port, 53);
    EXPECT_EQ(parse("a -> b tcp/1024-2048").last_port, 2048);
}

TEST(Rule, what_is_not_one) {
    for (const auto* text : {"", "a", "a b", "a > b", "a -> ", "a -> b tcp/0", "a -> b tcp/65536", "a -> b tcp/20-10",
                             "a -> b sctp", "a -> b icmp/8", "a -> b.c tcp/80", "a -> b tcp/80 x"})
        parse(text, 1);
}

} // namespace
} // namespace testudo::template_
