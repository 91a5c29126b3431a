// Feeds every target its corpus, found inputs included, in the ordinary suite.

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "tests/fuzz/targets.hpp"

namespace testudo::fuzz {
namespace {

class Corpus : public ::testing::TestWithParam<std::pair<const char*, Target>> {};

TEST_P(Corpus, IsSurvived) {
    const auto [name, target] = GetParam();
    const auto folder = std::filesystem::path(TESTUDO_SOURCE_DIR) / "tests/fuzz/corpus" / name;
    std::size_t inputs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        SCOPED_TRACE(entry.path().string());
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(in), {});
        // A prefix of a good input is a good bad input.
        for (std::size_t size = bytes.size();; size /= 2) {
            target(reinterpret_cast<const std::uint8_t*>(bytes.data()), size);
            if (size == 0)
                break;
        }
        ++inputs;
    }
    EXPECT_GT(inputs, 0U) << "no corpus in " << folder;
}

INSTANTIATE_TEST_SUITE_P(Targets, Corpus,
                         ::testing::Values(std::pair("frame", &frame), std::pair("event_line", &event_line),
                                           std::pair("template", &template_text), std::pair("expression", &expression),
                                           std::pair("condition", &condition), std::pair("import", &import_text)),
                         [](const auto& target) { return std::string(target.param.first); });

} // namespace
} // namespace testudo::fuzz
