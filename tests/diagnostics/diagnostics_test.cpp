#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <map>
#include <regex>
#include <set>

#include "orchestrator/plan/make.hpp"
#include "orchestrator/template/codes.hpp"
#include "orchestrator/template/load.hpp"

// Every NAME.yaml beside this file is a broken template, and NAME.want is exactly what `testudo validate` says of it.
// TESTUDO_UPDATE=1 writes the .want files anew; read the difference before committing it.
namespace testudo {
namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path(TESTUDO_SOURCE_DIR) / "tests" / "diagnostics";

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> templates() {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".yaml")
            all.push_back(entry.path());
    std::sort(all.begin(), all.end());
    return all;
}

template_::Diagnostics diagnose(const fs::path& path) {
    auto loaded = template_::load(path.string());
    const auto plan = plan::make(loaded.template_, loaded.diagnostics);
    EXPECT_EQ(plan.has_value(), !template_::has_errors(loaded.diagnostics));
    return loaded.diagnostics;
}

std::string without_folder(std::string text) {
    const auto prefix = folder.string() + "/";
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at))
        text.erase(at, prefix.size());
    return text;
}

class Diagnostics : public testing::TestWithParam<fs::path> {};

TEST_P(Diagnostics, say_exactly_this) {
    std::string said;
    for (const auto& diagnostic : diagnose(GetParam()))
        said += without_folder(render(diagnostic)) + "\n";
    auto want = GetParam();
    want.replace_extension(".want");
    if (std::getenv("TESTUDO_UPDATE"))
        std::ofstream(want, std::ios::binary) << said;
    EXPECT_FALSE(said.empty()) << "a broken template without a diagnostic";
    EXPECT_EQ(said, read(want));
}

std::string name_of(const testing::TestParamInfo<fs::path>& test) {
    auto name = test.param.stem().string();
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(BrokenTemplates, Diagnostics, testing::ValuesIn(templates()), name_of);

// Which codes each broken template gives.
const std::map<std::string, std::set<std::string>>& codes_of_templates() {
    static const auto all = [] {
        std::map<std::string, std::set<std::string>> out;
        for (const auto& path : templates())
            for (const auto& diagnostic : diagnose(path))
                out[path.stem().string()].insert(diagnostic.code);
        return out;
    }();
    return all;
}

// Of importers, which no template can give; tests/import holds files to them.
bool is_of_importers(const std::string& code) {
    return code.starts_with("T13");
}

// Codes without an example file, and why. Each has a test of its own.
const std::map<std::string, std::string> without_example{
    {"T0101", "the fault is that there is no file; see Hostile.what_is_no_file_is_refused"},
    {"T0114", "it needs a thousand mistakes; see Hostile.a_million_mistakes_are_told_in_part"},
};

TEST(DiagnosticCodes, all_have_an_example_that_gives_them) {
    for (const auto& code : template_::all_codes()) {
        const std::string name(code.code);
        EXPECT_EQ(code.example.empty(), without_example.contains(name) || is_of_importers(name))
            << name << " wants an example file";
        if (code.example.empty())
            continue;
        const auto found = codes_of_templates().find(std::string(code.example));
        ASSERT_NE(found, codes_of_templates().end())
            << name << " names " << code.example << ".yaml, which is not there";
        EXPECT_TRUE(found->second.contains(name)) << code.example << ".yaml does not give " << name;
    }
}

TEST(DiagnosticCodes, all_are_explained) {
    std::string last;
    for (const auto& code : template_::all_codes()) {
        EXPECT_TRUE(std::regex_match(std::string(code.code), std::regex("T[0-9]{4}"))) << code.code;
        EXPECT_NE(code.code, last) << "stands twice in the table";
        last = code.code;
        EXPECT_FALSE(code.title.empty() || code.title.ends_with('.')) << code.code;
        EXPECT_TRUE(code.explanation.ends_with('.')) << code.code;
        EXPECT_TRUE(code.remedy.ends_with('.')) << code.code;
    }
}

// What the source reports is in the table, and what is in the table is reported.
TEST(DiagnosticCodes, are_those_of_the_source) {
    std::set<std::string> reported;
    static const std::regex quoted("\"(T(0[0-9]|1[0-3])[0-9]{2})\""); // T1491 is a technique
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(TESTUDO_SOURCE_DIR) / "orchestrator")) {
        if ((entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") ||
            entry.path().parent_path().filename() == "codes")
            continue;
        const auto text = read(entry.path());
        for (std::sregex_iterator it(text.begin(), text.end(), quoted), end; it != end; ++it)
            reported.insert((*it)[1]);
    }
    std::set<std::string> explained;
    for (const auto& code : template_::all_codes())
        explained.emplace(code.code);
    EXPECT_EQ(reported, explained);
}

// TESTUDO_UPDATE=1 writes the page anew.
TEST(DiagnosticCodes, are_on_the_page) {
    const auto path = fs::path(TESTUDO_SOURCE_DIR) / "docs" / "diagnostics.md";
    if (std::getenv("TESTUDO_UPDATE"))
        std::ofstream(path, std::ios::binary) << template_::diagnostics_page();
    EXPECT_TRUE(template_::diagnostics_page() == read(path)) << path << " is not what the table of codes says";
}

// A place never lies outside of its file, whatever is wrong.
TEST(DiagnosticPlaces, are_inside_their_files) {
    for (const auto& path : templates()) {
        for (const auto& diagnostic : diagnose(path)) {
            ASSERT_NE(diagnostic.span.file, nullptr) << path << " " << diagnostic.message;
            EXPECT_LE(diagnostic.span.begin, diagnostic.span.end) << path;
            EXPECT_LE(diagnostic.span.end, diagnostic.span.file->text.size()) << path;
            EXPECT_NO_THROW(json::serialize(to_json(diagnostic)));
        }
    }
}

} // namespace
} // namespace testudo
