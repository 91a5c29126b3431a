#include "orchestrator/plan/schema.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>

namespace testudo::plan {
namespace {

// TESTUDO_UPDATE=1 writes what the program generates anew.
void expect_up_to_date(const std::string& path, const std::string& text) {
    const auto whole = std::string(TESTUDO_SOURCE_DIR) + "/" + path;
    if (std::getenv("TESTUDO_UPDATE"))
        std::ofstream(whole, std::ios::binary) << text;
    std::ifstream in(whole, std::ios::binary);
    EXPECT_EQ(text, std::string((std::istreambuf_iterator<char>(in)), {})) << path;
}

TEST(Schema, is_the_one_that_editors_get) {
    expect_up_to_date("range-templates/schema/range.schema.json", json::serialize(schema()) + "\n");
    expect_up_to_date("range-templates/schema/part.schema.json",
                      json::serialize(plan::schema(template_::Whole::part)) + "\n");
}

TEST(Schema, is_the_source_of_the_reference) {
    expect_up_to_date("docs/template-reference.md", reference());
}

const json::value& at(const json::value& value, std::string_view pointer) {
    return value.at_pointer(json::string(pointer));
}

TEST(Schema, knows_what_every_action_is_given) {
    const json::value whole = schema();
    EXPECT_EQ(json::serialize(at(whole, "/definitions/with-deface/required")), R"(["path","text"])");
    const auto& action = at(whole, "/properties/timeline/items/anyOf/1");
    EXPECT_EQ(at(action, "/title").as_string(), "an action");
    // Every action of the language has a case, and each case a definition.
    const auto& cases = at(action, "/allOf").as_array();
    EXPECT_EQ(cases.size(), at(action, "/properties/action/enum").as_array().size());
    for (const auto& one : cases)
        EXPECT_NO_THROW(at(whole, std::string(at(one, "/then/properties/with/$ref").as_string()).substr(1)));
}

TEST(Schema, knows_what_every_check_asks) {
    const json::value whole = schema();
    EXPECT_EQ(json::serialize(at(whole, "/definitions/ask-dns/required")), R"(["name","record"])");
    const auto& ask = at(whole, "/properties/checks/additionalProperties/properties/ask");
    EXPECT_TRUE(ask.at("properties").as_object().contains("register"));
    EXPECT_FALSE(ask.at("description").as_string().empty());
    const auto& visit = at(whole, "/properties/users/additionalProperties/properties/of/anyOf/0/anyOf/1");
    EXPECT_TRUE(at(visit, "/properties/ask/properties").as_object().contains("register"));
}

TEST(Reference, says_what_a_key_holds_and_which_must_be_there) {
    const auto text = reference();
    for (const auto* line :
         {"| `colour` (must) | `blue`, `red`, `white`, `green`, `yellow` |", "| `cpus` | whole number, 1 to 128 |",
          "| `on` | mapping from names to text, or [an attachment](#an-attachment) |", "## `with` of `deface`",
          "## A machine"})
        EXPECT_NE(text.find(line), std::string::npos) << line;
}

} // namespace
} // namespace testudo::plan
