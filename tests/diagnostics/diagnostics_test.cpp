#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <set>

#include "orchestrator/plan/make.hpp"
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

// Codes are a promise: each is explained in docs/diagnostics.md.
TEST(DiagnosticCodes, are_all_explained) {
    const auto doc = read(fs::path(TESTUDO_SOURCE_DIR) / "docs" / "diagnostics.md");
    for (const auto& path : templates())
        for (const auto& diagnostic : diagnose(path))
            EXPECT_NE(doc.find("`" + diagnostic.code + "`"), std::string::npos) << diagnostic.code << " of " << path;
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
