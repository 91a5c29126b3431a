#include "orchestrator/core/diagnostic.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace testudo {
namespace {

Diagnostic at(std::string text, std::string_view word) {
    auto file = std::make_shared<SourceFile>(SourceFile{"range.yaml", std::move(text)});
    const auto begin = file->text.find(word);
    Diagnostic d;
    d.code = "T0001";
    d.message = "something is wrong";
    d.span = Span{file, begin, begin + word.size()};
    return d;
}

TEST(Diagnostic, PointsAtTheWord) {
    auto d = at("teams:\n  north: { nation: [EST] }\n", "nation");
    d.hint = "did you mean `nations`?";
    EXPECT_EQ(render(d), "range.yaml:2:12: error[T0001]: something is wrong\n"
                         " 2 |   north: { nation: [EST] }\n"
                         "   |            ^~~~~~\n"
                         "  hint: did you mean `nations`?\n");
}

TEST(Diagnostic, CountsCharactersNotBytesAndWideOnesAsTwoCells) {
    EXPECT_EQ(render(at("titre: \u00e9t\u00e9 bad\n", "bad")), "range.yaml:1:12: error[T0001]: something is wrong\n"
                                                               " 1 | titre: \u00e9t\u00e9 bad\n"
                                                               "   |            ^~~\n");
    EXPECT_EQ(render(at("t: \u6f22\u5b57 bad\n", "bad")), "range.yaml:1:7: error[T0001]: something is wrong\n"
                                                          " 1 | t: \u6f22\u5b57 bad\n"
                                                          "   |         ^~~\n");
}

TEST(Diagnostic, KeepsTabsSoThatTheCaretLinesUp) {
    EXPECT_EQ(render(at("\tkey bad\n", "bad")), "range.yaml:1:6: error[T0001]: something is wrong\n"
                                                " 1 | \tkey bad\n"
                                                "   | \t    ^~~\n");
}

TEST(Diagnostic, ShowsControlCharactersAsQuestionMarks) {
    EXPECT_NE(render(at(std::string("a\x1b[31m bad\n"), "bad")).find(" 1 | a?[31m bad"), std::string::npos);
}

TEST(Diagnostic, TheEndOfTheFileIsAPlaceToo) {
    auto d = at("a: 1", "1");
    d.span.begin = d.span.end = 4;
    EXPECT_EQ(render(d), "range.yaml:1:5: error[T0001]: something is wrong\n"
                         " 1 | a: 1\n"
                         "   |     ^\n");
}

TEST(Diagnostic, NamesRelatedPlaces) {
    auto d = at("a: 1\na: 2\n", "a: 2");
    d.span.end = d.span.begin + 1;
    d.related.push_back({Span{d.span.file, 0, 1}, "first defined here"});
    EXPECT_EQ(render(d), "range.yaml:2:1: error[T0001]: something is wrong\n"
                         " 2 | a: 2\n"
                         "   | ^\n"
                         "  range.yaml:1:1: note: first defined here\n"
                         " 1 | a: 1\n"
                         "   | ^\n");
    EXPECT_EQ(to_json(d).at("line").as_uint64(), 2U);
}

TEST(Nearest, SuggestsOnlyWhatIsNear) {
    EXPECT_EQ(nearest("nation", {"nations", "colour"}), "nations");
    EXPECT_EQ(nearest("xyzzy", {"nations", "colour"}), "");
    EXPECT_EQ(nearest("form", {"title", "from", "of"}), "from") << "two letters that changed places are one mistake";
}

// The textbook's way (Wagner and Fischer, 1974, with the changed places of Lowrance and Wagner, 1975), which the fast
// one must agree with.
std::size_t edits(const std::string& a, const std::string& b) {
    std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        for (std::size_t j = 0; j <= b.size(); ++j) {
            auto& cell = table[i][j] = std::max(i, j);
            if (i == 0 || j == 0)
                continue;
            cell = std::min(
                {table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cell = std::min(cell, table[i - 2][j - 2] + 1);
        }
    return table.back().back();
}

TEST(Nearest, IsTheCandidateWithTheFewestEdits) {
    std::mt19937 random(7);
    const auto word = [&random](std::size_t longest) {
        std::string out(random() % longest + 1, 'a');
        for (auto& c : out)
            c = static_cast<char>('a' + random() % 3);
        return out;
    };
    for (int round = 0; round < 5'000; ++round) {
        const auto wrong = word(round % 2 == 0 ? 64 : 12);
        auto near = wrong;
        for (auto slips = random() % 6; slips > 0; --slips)
            near.insert(random() % (near.size() + 1), 1, 'b');
        if (round % 3 == 0)
            near.erase(random() % near.size(), 1);
        if (near.size() > 1 && round % 5 == 0)
            std::swap(near[0], near[1]);
        const std::vector<std::string> candidates{word(64), word(12), near};
        const auto enough = std::max<std::size_t>(1, wrong.size() / 3);
        std::size_t fewest = enough + 1;
        for (const auto& candidate : candidates)
            fewest = std::min(fewest, edits(candidate, wrong));
        const auto found = nearest(wrong, candidates);
        if (fewest > enough)
            EXPECT_EQ(found, "") << wrong;
        else
            EXPECT_LE(edits(found, wrong), std::max<std::size_t>(1, fewest)) << wrong << " " << found;
    }
    EXPECT_EQ(nearest("", {"a"}), "");
    EXPECT_EQ(nearest(std::string(65, 'a'), {std::string(64, 'a')}), "");
}

} // namespace
} // namespace testudo
