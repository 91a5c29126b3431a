#include <gmock/gmock.h>

#include "orchestrator/import/formats.hpp"
#include "tests/import/samples.hpp"

namespace testudo {
namespace {

import_::Imported import_one(const std::string& format, const std::string& name, std::string text) {
    return import_::import_texts(format, {std::make_shared<const SourceFile>(SourceFile{name, std::move(text)})});
}

std::string phenix(const std::vector<std::pair<std::string, std::string>>& addresses) {
    std::string text = "kind: Topology\nmetadata: { name: many }\nspec:\n  nodes:\n";
    for (std::size_t i = 0; i < addresses.size(); ++i)
        text += "    - type: VirtualMachine\n      general: { hostname: m" + std::to_string(i) +
                " }\n      hardware: { os_type: linux, drives: [ { image: debian } ] }\n      network: { interfaces: "
                "[ { name: e, vlan: " +
                addresses[i].first + ", address: " + addresses[i].second.substr(0, addresses[i].second.find('/')) +
                ", mask: " + addresses[i].second.substr(addresses[i].second.find('/') + 1) + " } ] }\n";
    return text;
}

bool says(const import_::Imported& imported, const std::string& part) {
    for (const auto& diagnostic : imported.diagnostics)
        if ((diagnostic.message + diagnostic.hint).find(part) != std::string::npos)
            return true;
    return false;
}

TEST(Addresses, that_lie_where_exercises_do_stay) {
    const auto imported = import_one("phenix", "a.yml", phenix({{"lan", "198.18.7.9/24"}, {"wan", "198.19.0.1/30"}}));
    ASSERT_TRUE(imported.text);
    EXPECT_NE(imported.text->find("ipv4: 198.18.7.0/24"), std::string::npos);
    EXPECT_NE(imported.text->find("on: { lan: 9 }"), std::string::npos);
    EXPECT_EQ(faults_of(*imported.text), "");
}

TEST(Addresses, keep_length_and_number_when_networks_move) {
    const auto imported = import_one("phenix", "a.yml", phenix({{"lan", "10.9.8.77/24"}, {"big", "172.16.4.5/20"}}));
    ASSERT_TRUE(imported.text);
    EXPECT_NE(imported.text->find("on: { lan: 77 }"), std::string::npos) << *imported.text;
    EXPECT_NE(imported.text->find("on: { big: 1029 }"), std::string::npos) << *imported.text;
    EXPECT_NE(imported.text->find(".0/20"), std::string::npos);
    EXPECT_EQ(faults_of(*imported.text), "");
    EXPECT_TRUE(says(imported, "10.9.8.0/24"));
    EXPECT_FALSE(says(imported, "10.9.8.77")) << "its number stays, and the network is told";
}

TEST(Addresses, of_networks_that_are_too_large_get_smaller_ones) {
    const auto imported = import_one(
        "phenix", "a.yml",
        phenix({{"one", "10.1.2.3/8"}, {"two", "11.200.2.3/8"}, {"two", "11.1.1.3/8"}, {"three", "12.0.0.9/8"}}));
    ASSERT_TRUE(imported.text);
    EXPECT_EQ(faults_of(*imported.text), "");
    EXPECT_NE(imported.text->find("on: { one: 3 }"), std::string::npos) << *imported.text;
}

TEST(Addresses, of_networks_without_room_for_a_number_are_made_larger) {
    const auto imported =
        import_one("phenix", "a.yml", phenix({{"lan", "10.0.0.0/31"}, {"lan", "10.0.0.1/31"}, {"one", "10.3.0.1/32"}}));
    ASSERT_TRUE(imported.text);
    EXPECT_EQ(faults_of(*imported.text), "");
}

TEST(Addresses, are_refused_when_there_are_too_many) {
    std::vector<std::pair<std::string, std::string>> all;
    for (int i = 0; i < 600; ++i)
        all.emplace_back("net" + std::to_string(i),
                         "10." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".1/24");
    const auto imported = import_one("phenix", "a.yml", phenix(all));
    EXPECT_FALSE(imported.text);
    EXPECT_TRUE(says(imported, "do not fit"));
}

TEST(Addresses, given_twice_are_told) {
    const auto imported = import_one("phenix", "a.yml", phenix({{"lan", "10.0.0.9/24"}, {"lan", "10.0.0.9/24"}}));
    ASSERT_TRUE(imported.text);
    EXPECT_EQ(faults_of(*imported.text), "");
}

TEST(WrongFiles, are_told_with_their_place) {
    struct Case {
        const char* format;
        const char* text;
        const char* code;
        std::size_t line;
    };
    for (const auto& [format, text, code, line] : {
             Case{"containerlab", "name: x\n", "T1302", 1},
             Case{"containerlab", "name: x\ntopology:\n  nodes: [ a ]\n", "T1303", 3},
             Case{"containerlab", "topology:\n  nodes: { a: {} }\n  links:\n    - endpoints: [\"a:1\", \"b:1\"]\n",
                  "T1303", 4},
             Case{"containerlab", "topology: [\n", "T0104", 2},
             Case{"cyberrangecz", "name: x\n", "T1302", 1},
             Case{"cyberrangecz", "hosts: []\nnetworks:\n  - name: n\n    cidr: 10.0.0.300/24\n", "T1303", 4},
             Case{"cyberrangecz", "hosts: []\nnetworks: []\nnet_mappings:\n  - { host: a, network: b, ip: 10.0.0.1 }\n",
                  "T1303", 4},
             Case{"cyris", "a: b\n", "T1303", 1},
             Case{"cyris", "- clone_settings:\n  - hosts:\n    - guests:\n      - guest_id: nobody\n", "T1303", 4},
             Case{"ludus", "ludus:\n  - vm_name: x\n", "T1302", 2},
             Case{"ludus", "ludus:\n  - { vm_name: x, template: t, vlan: 300, ip_last_octet: 1 }\n", "T1303", 2},
             Case{"msel", "a,b,c\n1,2,3\n", "T1302", 1},
             Case{"msel", "number,time,description\n1,0900,\"open\n", "T1305", 2},
             Case{"msel", "number,time,description\n1,0900,\"closed\" not\n", "T1305", 2},
             Case{"ocr-sdl", "name: x\nnodes:\n  a: { type: Router }\n", "T1303", 3},
             Case{"ocr-sdl", "name: x\nstories:\n  s: { scripts: [nothing] }\n", "T1303", 3},
             Case{"phenix", "kind: Topology\nspec:\n  nodes:\n    - type: Router\n", "T1302", 4},
             Case{"phenix", "kind: Scenario\nspec: { apps: [] }\n", "T1302", 1},
         }) {
        const auto imported = import_one(format, "file.yml", text);
        EXPECT_FALSE(imported.text) << text;
        const auto found = std::find_if(imported.diagnostics.begin(), imported.diagnostics.end(),
                                        [](const Diagnostic& d) { return d.severity == Severity::error; });
        ASSERT_NE(found, imported.diagnostics.end()) << text;
        EXPECT_EQ(found->code, code) << text << render(*found);
        EXPECT_EQ(position_of(found->span).line, line) << text << render(*found);
    }
    EXPECT_FALSE(import_::import_files("phenix", {"/nowhere/file.yml"}).text);
    EXPECT_EQ(import_::import_files("phenix", {"/nowhere/file.yml"}).diagnostics.front().code, "T1301");
}

TEST(Json, has_places_too) {
    const auto imported =
        import_one("phenix", "file.json", "{\n  \"kind\": \"Topology\",\n  \"spec\": {\"nodes\": 5}\n}");
    ASSERT_FALSE(imported.diagnostics.empty());
    EXPECT_EQ(imported.diagnostics.front().code, "T1303");
    EXPECT_EQ(position_of(imported.diagnostics.front().span).line, 3U);
    EXPECT_EQ(position_of(imported.diagnostics.front().span).column, 21U);
    for (const auto* broken : {"{", "{\"a\": 01}", "[1,]", "{\"a\":\"\\ud800\"}", "{} {}", ""})
        EXPECT_EQ(import_one("phenix", "file.json", broken).diagnostics.front().code, "T1306") << broken;
}

} // namespace
} // namespace testudo
