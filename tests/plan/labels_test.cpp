#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

#include "tests/plan/planned.hpp"

namespace testudo::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string with_label(const std::string& label) {
    auto text = small_range;
    return text.insert(text.find("duration"), "label: " + label + "\n");
}

TEST(Labels, without_any_the_exercise_is_open_to_its_nations) {
    const auto plan = planned(small_range);
    EXPECT_EQ(plan.label, "EXERCISE UNCLASSIFIED REL EST FIN SWE");
    EXPECT_EQ(find_machine(plan, "portal@north")->label, "");
}

TEST(Labels, of_the_exercise_names_groups_as_written) {
    const auto plan = planned(with_label("EXERCISE SECRET REL NORDIC EST") +
                              "groups: { NORDIC: { nations: [FIN, SWE], as_of: 2026-01-01 } }\n");
    EXPECT_EQ(plan.label, "EXERCISE SECRET REL EST NORDIC");
    ASSERT_EQ(plan.groups.size(), 1U);
    EXPECT_THAT(plan.groups.front().nations, ElementsAre("FIN", "SWE"));
}

TEST(Labels, of_the_exercise_must_release_it_to_all_who_take_part) {
    EXPECT_THAT(codes(with_label("EXERCISE REL EST FIN")), ElementsAre("T1124"));
    EXPECT_THAT(codes(with_label("EXERCISE ONLY EST FIN SWE")), IsEmpty());
}

TEST(Labels, of_a_part_are_at_most_those_of_the_exercise) {
    const auto range = with_label("EXERCISE RESTRICTED REL EST FIN SWE TLP:AMBER");
    const auto message = [](const std::string& label, const std::string& to) {
        return "timeline: [{ message: hello, at: T+1m, label: '" + label + "', to: " + to +
               ", from: White, subject: Hello, body: Hello }]\n";
    };
    EXPECT_THAT(codes(range + message("ONLY EST", "north")), IsEmpty());
    EXPECT_THAT(codes(range + message("ONLY EST", "blue")), ElementsAre("T1124", "T1124"));
    EXPECT_THAT(codes(range + message("RESTRICTED REL FIN SWE", "south")), IsEmpty());
    EXPECT_THAT(codes(range + message("CONFIDENTIAL", "north")), ElementsAre("T1122"));
    EXPECT_THAT(codes(range + message("REL EST LVA", "north")), ElementsAre("T1122"));
    EXPECT_THAT(codes(range + message("TLP:RED", "north")), ElementsAre("T1122"));
    EXPECT_THAT(codes(range + message("TLP:GREEN", "north")), IsEmpty());
    EXPECT_THAT(codes(range + message("XAA RESTRICTED", "north")), ElementsAre("T1123"));
    const auto plan = planned(range + message("ONLY EST", "north"));
    EXPECT_EQ(plan.injects.front().label, "EXERCISE UNCLASSIFIED ONLY EST");
}

TEST(Labels, the_whole_is_the_strictest_of_its_parts) {
    auto range = small_range.substr(0, small_range.find("machines:"));
    range.erase(range.find("  south"), range.find("  crows") - range.find("  south"));
    range += "machines:\n"
             "  crow: { image: debian, label: RESTRICTED REL EST FIN, on: { internet: 66 } }\n"
             "  raven: { image: debian, label: SECRET, on: { internet: 67 } }\n";
    EXPECT_EQ(planned(range).label, "EXERCISE SECRET REL EST");
}

// The label of an included file is that of what stands in it, not of what includes it.
TEST(Labels, of_a_file_are_those_of_its_parts) {
    const auto folder = std::filesystem::path(testing::TempDir()) / "labels-of-a-file";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "tools.yaml")
        << "label: EXERCISE RESTRICTED REL EST FIN SWE\n"
           "machines:\n"
           "  raven: { team: crows, image: debian, on: { internet: 67 } }\n"
           "  dove: { image: debian, label: EXERCISE, on: { internet: 68 } }\n"
           "timeline: [{ message: hello, at: T+1m, from: White, subject: Hello, body: Hello }]\n";
    std::ofstream(folder / "range.yaml") << "include: tools.yaml\n" << with_label("EXERCISE SECRET REL EST FIN SWE");
    auto loaded = template_::load((folder / "range.yaml").string());
    const auto plan = make(loaded.template_, loaded.diagnostics);
    ASSERT_TRUE(plan) << (loaded.diagnostics.empty() ? "" : render(loaded.diagnostics.front()));
    EXPECT_EQ(plan->label, "EXERCISE SECRET REL EST FIN SWE");
    EXPECT_EQ(find_machine(*plan, "raven")->label, "EXERCISE RESTRICTED REL EST FIN SWE");
    EXPECT_EQ(find_machine(*plan, "dove")->label, "EXERCISE UNCLASSIFIED");
    EXPECT_EQ(find_machine(*plan, "crow")->label, "");
    EXPECT_EQ(find_inject(*plan, "hello")->label, "EXERCISE RESTRICTED REL EST FIN SWE");
    std::filesystem::remove_all(folder);
}

} // namespace
} // namespace testudo::plan
