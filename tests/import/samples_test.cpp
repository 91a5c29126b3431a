#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <regex>
#include <set>

#include "orchestrator/import/formats.hpp"
#include "orchestrator/import/item.hpp"
#include "orchestrator/import/names.hpp"
#include "orchestrator/template/report.hpp"
#include "tests/import/samples.hpp"

// Every sample gives exactly the template and the report that lie in golden/. TESTUDO_UPDATE=1 writes them anew; read
// the difference before committing it.
namespace testudo {
namespace {

std::string report_of(const import_::Imported& imported) {
    std::string all;
    for (const auto& diagnostic : imported.diagnostics) {
        const auto at = position_of(diagnostic.span);
        all += fmt::format("{}:{}:{}: {} {} | {}\n", diagnostic.span.file ? diagnostic.span.file->name : "", at.line,
                           at.column, diagnostic.code, diagnostic.message, diagnostic.hint);
    }
    return all;
}

std::string golden(const std::string& file, const std::string& now) {
    const auto path = std::filesystem::path(TESTUDO_SOURCE_DIR) / "tests" / "import" / "golden" / file;
    if (std::getenv("TESTUDO_UPDATE"))
        std::ofstream(path, std::ios::binary) << now;
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

class Samples : public testing::TestWithParam<Sample> {};

TEST_P(Samples, become_this_template_and_this_report) {
    const auto imported = import_::import_texts(GetParam().format, load(GetParam()));
    ASSERT_TRUE(imported.text) << report_of(imported);
    EXPECT_EQ(*imported.text, golden(GetParam().name + ".yaml", *imported.text));
    EXPECT_EQ(report_of(imported), golden(GetParam().name + ".report", report_of(imported)));
}

TEST_P(Samples, can_be_validated_and_planned) {
    const auto imported = import_::import_texts(GetParam().format, load(GetParam()));
    ASSERT_TRUE(imported.text);
    EXPECT_EQ(faults_of(*imported.text), "");
}

TEST_P(Samples, say_for_each_thing_where_it_stood) {
    for (const auto& diagnostic : import_::import_texts(GetParam().format, load(GetParam())).diagnostics) {
        ASSERT_NE(diagnostic.span.file, nullptr) << diagnostic.message;
        EXPECT_LE(diagnostic.span.begin, diagnostic.span.end);
        EXPECT_LE(diagnostic.span.end, diagnostic.span.file->text.size()) << diagnostic.message;
        EXPECT_EQ(diagnostic.severity, Severity::warning);
        EXPECT_FALSE(diagnostic.hint.empty()) << "what was done instead of: " << diagnostic.message;
    }
}

// Texts that come over in other words, or say nothing about a range but how the original is managed.
bool said_in_other_words(const std::string& text) {
    static const std::set<std::string> all{
        "veth", "bridge", "ovs-bridge", "ethernet", "static", "dhcp", "ospf", "custom", "host_1", "VirtualMachine",
        "Router", "Firewall", "virtio", "Topology", "Scenario", "Experiment", "Switch", "switch", "White", "Blue",
        "linux", "phenix.sandia.gov/v1", "phenix.sandia.gov/v2", "REJECT", "ACCEPT", "DROP", "accept", "drop",
        "tcp_udp", "INFO_LEVEL", "ACCESS_LEVEL", "TRAINING_LEVEL", "ASSESSMENT_LEVEL", "UNRELEASED", "WINRM",
        "ssh_attack",
        // A password that the original changes again.
        "danielpass",
        // A stage of a machine's life, of which there is one here, and packages, which are named one by one.
        "healthy", "curl vim",
        // How a question is asked is seen from how it is written.
        "MCQ", "FFQ", "EMI", "TEST"};
    // Interfaces, commands that give addresses, rules, amounts, truth values.
    static const std::regex patterns(
        R"([\w.\- ]+[:.](eth|e|Gi|br|a$|b$|c$|x$)[-\d]*|eth\d|ip (-6 )?(addr|link) .*|src=.*|http://.*)"
        R"(|([\d.]+ ?(min|sec|hour|h|week|day|ms|[gm]ib|Mb) ?)+|[Ff]alse|[Tt]rue)");
    return all.contains(text) || std::regex_match(text, patterns);
}

void leaves(const template_::Node& node, std::vector<std::string>& out) {
    if (node.kind == template_::Node::Kind::scalar)
        out.push_back(node.scalar);
    for (const auto& entry : node.entries)
        leaves(*entry.value, out);
    for (const auto& item : node.items)
        leaves(*item, out);
}

// No silent loss: each text of the file is in the template, as a value, as a name made of it or in a comment; or in
// the report.
TEST_P(Samples, lose_no_text_silently) {
    if (GetParam().format == "msel")
        return; // tables are no trees; their golden files hold them to the same
    const auto files = load(GetParam());
    const auto imported = import_::import_texts(GetParam().format, files);
    ASSERT_TRUE(imported.text);
    auto all = *imported.text + report_of(imported);
    // Comments are broken into lines.
    for (auto at = all.find("\n"); at != std::string::npos; at = all.find("\n", at + 1)) {
        auto next = all.find_first_not_of(" ", at + 1);
        if (next != std::string::npos && all.compare(next, 4, "#   ") == 0)
            all.replace(at, next + 4 - at, " ");
    }
    std::vector<std::string> texts;
    for (const auto& file : files) {
        template_::Diagnostics out;
        for (const auto& root : template_::parse_foreign_yaml(file, out, {}))
            leaves(*root, texts);
    }
    for (const auto& text : texts) {
        const auto line = text.substr(0, text.find('\n'));
        const bool word = std::any_of(line.begin(), line.end(), [](char c) { return c >= 'A'; });
        if (line.size() < 4 || !word || said_in_other_words(line))
            continue;
        const auto name = import_::name_of(line, 63, "x");
        EXPECT_TRUE(all.find(line) != std::string::npos || all.find(name) != std::string::npos) << line;
    }
}

std::string name_of_test(const testing::TestParamInfo<Sample>& test) {
    auto name = test.param.name;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Formats, Samples, testing::ValuesIn(samples()), name_of_test);

TEST(Formats, are_all_shown_by_a_sample_and_explained) {
    std::set<std::string> shown;
    for (const auto& sample : samples())
        shown.insert(sample.format);
    std::ifstream in(std::filesystem::path(TESTUDO_SOURCE_DIR) / "docs" / "import.md");
    const std::string doc(std::istreambuf_iterator<char>(in), {});
    for (const auto& format : import_::formats()) {
        EXPECT_TRUE(shown.contains(std::string(format.name))) << format.name;
        EXPECT_NE(doc.find("`" + std::string(format.name) + "`"), std::string::npos) << format.name;
    }
    for (const auto* code : {"T1301", "T1302", "T1303", "T1304", "T1305", "T1306", "T1311", "T1312", "T1313", "T1314",
                             "T1315", "T1316", "T1317"})
        EXPECT_NE(doc.find(code), std::string::npos) << code;
}

} // namespace
} // namespace testudo
