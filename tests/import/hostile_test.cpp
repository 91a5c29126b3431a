#include <gtest/gtest.h>
#include <random>

#include "orchestrator/import/formats.hpp"
#include "orchestrator/template/report.hpp"
#include "tests/import/samples.hpp"

// Whatever a file holds: either there are errors, or the template that comes out can be planned.
namespace testudo {
namespace {

void import_and_plan(const Sample& sample, std::string text) {
    auto files = load(sample);
    files.front() = std::make_shared<const SourceFile>(SourceFile{sample.files.front(), std::move(text)});
    const auto imported = import_::import_texts(sample.format, files);
    EXPECT_EQ(imported.text.has_value(), !template_::has_errors(imported.diagnostics));
    if (imported.text) {
        EXPECT_EQ(faults_of(*imported.text), "") << *imported.text << "\nmade from\n" << files.front()->text;
    }
}

class Hostile : public testing::TestWithParam<Sample> {};

TEST_P(Hostile, files_may_end_anywhere) {
    const auto whole = read_sample(GetParam().files.front());
    const auto step = std::max<std::size_t>(whole.size() / 15, 1);
    for (std::size_t size = 0; size < whole.size() && !HasFailure(); size += step)
        import_and_plan(GetParam(), whole.substr(0, size));
}

// The same damage every time: it is drawn from a fixed seed.
TEST_P(Hostile, files_may_be_damaged_anywhere) {
    const auto whole = read_sample(GetParam().files.front());
    std::minstd_rand draw(7);
    const std::string bytes = "\n :-{}[]\"'#&*!|>%@,0179aZ\t\x7F";
    for (int round = 0; round < 40 && !HasFailure(); ++round) {
        auto text = whole;
        for (auto changes = draw() % 4 + 1; changes > 0; --changes) {
            const auto at = draw() % text.size();
            switch (draw() % 4) {
            case 0:
                text[at] = bytes[draw() % bytes.size()];
                break;
            case 1:
                text.erase(at, draw() % 20);
                break;
            case 2:
                text.insert(at, 1, bytes[draw() % bytes.size()]);
                break;
            default: {
                // A line stands twice, or somewhere else.
                const auto begin = text.rfind('\n', at) + 1;
                const auto line = text.substr(begin, text.find('\n', begin) - begin + 1);
                text.insert(text.find('\n', draw() % text.size()) + 1, line);
            }
            }
            if (text.empty())
                text = " ";
        }
        import_and_plan(GetParam(), text);
    }
}

// Expressions of another language stand in any text.
TEST_P(Hostile, files_may_hold_braces_anywhere) {
    const auto whole = read_sample(GetParam().files.front());
    if (whole.starts_with("PK"))
        return;
    for (std::size_t at = whole.find(' '); at != std::string::npos && !HasFailure(); at = whole.find(' ', at + 1)) {
        const auto letter = [&](std::size_t i) {
            return i < whole.size() && std::isalpha(static_cast<unsigned char>(whole[i]));
        };
        if (!letter(at - 1) || !letter(at + 1)) // between two words of a text
            continue;
        auto text = whole;
        import_and_plan(GetParam(), text.insert(at + 1, "{{ x }} "));
    }
}

INSTANTIATE_TEST_SUITE_P(Formats, Hostile, testing::ValuesIn(samples()), [](const auto& test) {
    auto name = test.param.name;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(HostileYaml, that_grows_is_refused) {
    std::string text = "a: &a [x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c < 'm'; ++c)
        text += std::string(1, c) + ": &" + c + " [*" + std::string(1, static_cast<char>(c - 1)) + ", *" +
                static_cast<char>(c - 1) + ", *" + static_cast<char>(c - 1) + "]\n";
    for (const auto& format : import_::formats()) {
        if (format.name == "msel")
            continue;
        for (const auto& bomb : {text, std::string(100'000, '['), std::string("a: \xFF"), std::string("a: \0b", 5)}) {
            const auto imported =
                import_::import_texts(format.name, {std::make_shared<const SourceFile>(SourceFile{"bomb.yml", bomb})});
            EXPECT_FALSE(imported.text) << format.name;
        }
    }
}

} // namespace
} // namespace testudo
