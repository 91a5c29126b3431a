// What no person would write: a text that wants to crash, to fill the memory or to keep the processor busy gets a clear
// error, and soon. Processor time is measured, so that a busy machine fails nothing.

#include <ctime>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

#include "orchestrator/template/load.hpp"

namespace testudo::template_ {
namespace {

namespace fs = std::filesystem;

constexpr double patience = 4; // seconds, without optimisation and with sanitizers

Diagnostics quick(const std::function<Loaded()>& load_it) {
    const auto begin = std::clock();
    auto diagnostics = load_it().diagnostics;
    for (const auto& d : diagnostics)
        EXPECT_FALSE(render(d).empty());
    EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, patience);
    return diagnostics;
}

// The last thing that is said of a text.
std::string code_of(const std::string& text) {
    const auto diagnostics = quick([&text] { return load_text("hostile.yaml", text); });
    return diagnostics.empty() ? "" : diagnostics.back().code;
}

std::string repeated(const std::string& one, std::size_t times) {
    std::string out;
    out.reserve(one.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        out += one;
    return out;
}

class Scratch : public testing::Test {
  protected:
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }
    const fs::path folder_ = fs::temp_directory_path() / ("testudo-hostile-" + std::to_string(getpid()));
};
using Hostile = Scratch;

TEST_F(Hostile, what_is_no_file_is_refused) {
    for (const auto& path : {folder_ / "none.yaml", folder_, fs::path("/dev/zero")}) {
        const auto diagnostics = quick([&path] { return load(path.string()); });
        ASSERT_EQ(diagnostics.size(), 1U) << path;
        EXPECT_EQ(diagnostics.front().code, "T0101") << path;
    }
}

TEST_F(Hostile, a_file_of_100_megabytes_is_not_even_read) {
    const auto path = folder_ / "large.yaml";
    std::ofstream(path) << "testudo: 1\n";
    fs::resize_file(path, 100'000'000);
    const auto diagnostics = quick([&path] { return load(path.string()); });
    ASSERT_EQ(diagnostics.size(), 1U);
    EXPECT_EQ(diagnostics.front().code, "T0101");
    EXPECT_NE(diagnostics.front().message.find("larger than"), std::string::npos);
}

TEST(HostileText, larger_than_any_range_is_refused) {
    EXPECT_EQ(code_of(std::string(33U << 20U, '#')), "T0110");
}

TEST(HostileText, nesting_is_refused_however_it_is_written) {
    EXPECT_EQ(code_of(std::string(200'000, '[')), "T0110");
    EXPECT_EQ(code_of(std::string(200'000, '{')), "T0110");
    EXPECT_EQ(code_of(repeated("- ", 200'000)), "T0110");
    EXPECT_EQ(code_of(repeated("{a: ", 200'000)), "T0110");
}

TEST(HostileText, bytes_that_are_no_text_are_refused) {
    EXPECT_EQ(code_of(std::string(1'000'000, '\0')), "T0103");
    EXPECT_EQ(code_of(repeated("\xC0\xAF", 500'000)), "T0102");
    EXPECT_EQ(code_of("\xFF\xFEt\0e\0s\0t\0"), "T0102");  // UTF-16
    EXPECT_EQ(code_of("title: \xED\xA0\x80\n"), "T0102"); // half of a surrogate pair
}

// Whatever is done once per value must not go over the whole line.
TEST(HostileText, a_very_long_line_takes_no_longer_than_many_short_ones) {
    EXPECT_EQ(code_of("testudo: [" + repeated("a,", 100'000) + "a]"), "T0203");
    EXPECT_EQ(code_of("testudo: 1\nsetup: {" + repeated("\"x\": 1, ", 20'000) + "}"), "T0114");
}

TEST(HostileText, a_very_long_word_is_no_slip_of_the_finger) {
    EXPECT_NE(code_of("testudo: 1\n" + std::string(1'000'000, 'k') + ": 1\n"), "");
    EXPECT_NE(code_of("testudo: 1\nexercise: " + std::string(2'000'000, 'e') + "\n"), "");
}

TEST(HostileText, a_million_mistakes_are_told_in_part) {
    std::string text = "testudo: 1\n";
    for (int i = 0; i < 6'000; ++i)
        text += "key" + std::to_string(i) + ": 1\n";
    const auto diagnostics = quick([&text] { return load_text("hostile.yaml", text); });
    ASSERT_EQ(diagnostics.size(), 1'001U);
    EXPECT_EQ(diagnostics.back().code, "T0114");
}

TEST(HostileText, anchors_and_aliases_without_end_are_bounded) {
    EXPECT_EQ(code_of("a: &a [" + repeated("x,", 50'000) + "]\nb: [" + repeated("*a, ", 200) + "]\n"), "T0110");
    EXPECT_NE(code_of(repeated("&a ", 100'000) + "x"), "");
}

} // namespace
} // namespace testudo::template_
