#include "orchestrator/template/language.hpp"

#include <fstream>
#include <functional>
#include <gtest/gtest.h>

#include "orchestrator/template/load.hpp"

namespace testudo::template_ {
namespace {

Template read(const std::string& text) {
    auto loaded = load_text("test.yaml", text);
    for (const auto& d : loaded.diagnostics)
        ADD_FAILURE() << render(d);
    return loaded.template_;
}

const std::string head =
    "testudo: 1\nexercise: small\nduration: 10m\nteams: { north: { colour: blue, nations: EST } }\n";

TEST(Language, short_and_long_forms_are_the_same) {
    const auto t = read(
        head + "machines:\n"
               "  a: { image: x, on: { office: 80 }, serves: { web: http }, starts: one }\n"
               "  b: { image: x, on: { office: { host: 80 } }, serves: { web: { protocol: http } }, starts: [one] }\n");
    ASSERT_EQ(t.machines.size(), 2U);
    for (const auto& machine : t.machines) {
        EXPECT_EQ(machine.on.at(0).host.value, "80");
        EXPECT_EQ(machine.serves.at(0).protocol.value, "http");
        EXPECT_FALSE(machine.serves.at(0).port.given());
        EXPECT_EQ(machine.starts.at(0).value, "one");
    }
}

TEST(Language, conditions_nest) {
    const auto t = read(head + "timeline:\n"
                               "  - message: a\n    from: C\n    subject: S\n    body: B\n"
                               "    when: { all: [T+5m, { any: [manual, after b] }, { not: report incident }] }\n");
    const auto& when = t.timeline.at(0).when;
    EXPECT_EQ(when.kind, Condition::Kind::all);
    ASSERT_EQ(when.parts.size(), 3U);
    EXPECT_EQ(when.parts[1].kind, Condition::Kind::any);
    EXPECT_EQ(when.text, "T+5m and (manual or after b) and not report incident");
}

TEST(Language, bodies_come_as_text) {
    const auto t = read(head + "timeline:\n  - { message: a, at: T+1m, from: C, subject: S, body: \"two\\nlines\" }\n");
    EXPECT_EQ(t.timeline.at(0).body.at(0).text.value, "two\nlines");
}

TEST(Language, nothing_is_lost_of_a_template_with_mistakes) {
    const auto loaded = load_text("test.yaml", head + "machnes: {}\nmachines: { a: { image: x }, b: { imag: y } }\n");
    EXPECT_EQ(loaded.diagnostics.size(), 2U);
    EXPECT_EQ(loaded.template_.machines.size(), 2U);
    EXPECT_EQ(loaded.template_.teams.size(), 1U);
}

const json::object& at(const json::value& value, std::string_view key) {
    return value.as_object().at(key).as_object();
}

TEST(Schema, knows_the_keys_and_their_kinds) {
    const json::value whole = schema();
    const auto& properties = at(whole, "properties");
    EXPECT_TRUE(properties.contains("networks"));
    EXPECT_FALSE(whole.as_object().at("additionalProperties").as_bool());
    const auto& machine = at(properties.at("machines"), "additionalProperties");
    const auto& kind = at(machine.at("properties"), "kind");
    EXPECT_EQ(json::serialize(kind.at("enum")), R"(["container","vm"])");
    EXPECT_FALSE(kind.at("description").as_string().empty());
}

// The guide names every key that there is.
TEST(Schema, every_key_is_in_the_guide) {
    std::ifstream in(std::string(TESTUDO_SOURCE_DIR) + "/docs/template.md");
    const std::string reference((std::istreambuf_iterator<char>(in)), {});
    const std::function<void(const json::value&)> visit = [&](const json::value& node) {
        if (node.is_array()) {
            for (const auto& item : node.get_array())
                visit(item);
        }
        if (!node.is_object())
            return;
        for (const auto& [key, value] : node.get_object()) {
            if (key == "properties") {
                for (const auto& member : value.as_object())
                    EXPECT_NE(reference.find(std::string(member.key())), std::string::npos) << member.key();
            }
            visit(value);
        }
    };
    visit(schema());
}

} // namespace
} // namespace testudo::template_
