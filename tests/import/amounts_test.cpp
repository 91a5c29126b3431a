#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

#include "orchestrator/import/images.hpp"
#include "orchestrator/import/msel_time.hpp"
#include "orchestrator/import/names.hpp"
#include "orchestrator/import/quantities.hpp"

namespace testudo::import_ {
namespace {

TEST(Names, are_made_of_anything) {
    EXPECT_EQ(name_of("Web Server_01", 24, "m"), "web-server-01");
    EXPECT_EQ(name_of("{{ range_id }}-DC01", 24, "m"), "dc01");
    EXPECT_EQ(name_of("10-gbit", 24, "net"), "net-10-gbit");
    EXPECT_EQ(name_of("NULL", 24, "team"), "team-null");
    EXPECT_EQ(name_of("\xC3\xA9\xC3\xA9", 24, "m"), "m");
    EXPECT_EQ(name_of("{{ open", 24, "m"), "m");
    EXPECT_EQ(name_of("abcdefghij-klm", 11, "m"), "abcdefghij");
    NameBook book(8);
    EXPECT_EQ(book.take("a long name", "m"), "a-long-n");
    EXPECT_EQ(book.take("a long name", "m"), "a-long-2");
    EXPECT_EQ(shortened("a\xC3\xA9z", 2), "a");
}

TEST(Amounts, are_rounded_up) {
    EXPECT_EQ(parse_amount("1.2"), 2);
    EXPECT_EQ(parse_amount("1x"), std::nullopt);
    EXPECT_EQ(parse_size("4 gib"), 4096);
    EXPECT_EQ(parse_size("512Mb"), 512);
    EXPECT_EQ(parse_size("1.5GB"), 1536);
    EXPECT_EQ(parse_size("1073741824"), 1024);
    EXPECT_EQ(parse_size("4 parsec"), std::nullopt);
    EXPECT_EQ(parse_size("1e99"), std::nullopt);
    EXPECT_EQ(parse_size("-1"), std::nullopt);
}

TEST(LongDurations, have_many_units) {
    EXPECT_EQ(parse_long_duration("10min 2 sec"), Millis{602'000});
    EXPECT_EQ(parse_long_duration("1 week 1day 1h 10 ms"), Millis{694'800'010});
    EXPECT_EQ(parse_long_duration("0"), Millis{0});
    EXPECT_EQ(parse_long_duration("_1_0__0__ min"), Millis{6'000'000});
    EXPECT_EQ(parse_long_duration("5 apples"), std::nullopt);
    EXPECT_EQ(parse_long_duration(""), std::nullopt);
}

struct Reads {
    const char* text;
    std::optional<Millis> since;
    std::optional<std::int64_t> day;
    std::optional<int> minutes; // of the day
};

TEST(Moments, are_written_in_many_ways) {
    const std::optional<std::int64_t> may_first = 20574; // 2026-05-01
    for (const auto& [text, since, day, minutes] : {
             Reads{"T+0:15", Millis{900'000}, {}, {}},
             Reads{"STARTEX + 30 min", Millis{1'800'000}, {}, {}},
             Reads{"startex", Millis{0}, {}, {}},
             Reads{"H+2", Millis{7'200'000}, {}, {}},
             Reads{"+15", Millis{900'000}, {}, {}},
             Reads{"15", Millis{900'000}, {}, {}},
             Reads{"T+1d 02:00", Millis{93'600'000}, {}, {}},
             Reads{"0915Z", {}, {}, 555},
             Reads{"0915-0945", {}, {}, 555},
             Reads{"9:15 AM EST", {}, {}, 555},
             Reads{"9:15 PM", {}, {}, 1275},
             Reads{"12:05 am", {}, {}, 5},
             Reads{"09h15", {}, {}, 555},
             Reads{"Day 2, 9:00 AM", {}, 2, 540},
             Reads{"D+1 0900", {}, 1, 540},
             Reads{"2026-05-01T09:15", {}, may_first, 555},
             Reads{"5/1/2026 09:15", {}, may_first, 555},
             Reads{"1.5.2026", {}, may_first, {}},
             Reads{"1 May 2026", {}, may_first, {}},
             Reads{"May 1, 2026 0915", {}, may_first, 555},
             Reads{"010915ZMAY26", {}, may_first, 555},
         }) {
        const auto moment = parse_moment(text, false);
        ASSERT_TRUE(moment) << text;
        EXPECT_EQ(moment->since_start, since) << text;
        EXPECT_EQ(moment->day, day) << text;
        EXPECT_EQ(moment->clock.has_value(), minutes.has_value()) << text;
        if (minutes && moment->clock) {
            EXPECT_EQ(*moment->clock, Millis{*minutes * 60'000}) << text;
        }
    }
    for (const auto* text : {"when ready", "25:00", "0975", "31/31/2026", "T+soon", "", "2026-13-01"})
        EXPECT_FALSE(parse_moment(text, false)) << text;
    EXPECT_EQ(parse_moment("5/1/2026", true)->day, 20458); // 2026-01-05
    EXPECT_TRUE(says_day_first("13/5/2026"));
    EXPECT_FALSE(says_day_first("5/13/2026"));
}

TEST(StandIns, are_chosen_by_family) {
    EXPECT_EQ(stand_in("ubuntu-noble-x86_64", "").image, "debian-range");
    EXPECT_TRUE(stand_in("ghcr.io/nokia/srlinux", "").forwards);
    EXPECT_TRUE(stand_in("ubuntu-noble-x86_64", "").alike);
    EXPECT_FALSE(stand_in("windows-10", "").alike);
    EXPECT_EQ(stand_in("windows-10", "").image, "debian-range") << "so that the range can be made";
    EXPECT_EQ(stand_in("freebsd-14", "").image, "debian-vm");
    EXPECT_TRUE(stand_in("pfsense-2.7", "").forwards);
    EXPECT_EQ(stand_in("appliance", "linux").image, "debian-range");
    EXPECT_FALSE(stand_in("debian-tools", "windows").alike) << "what the file says of the system weighs more";
    EXPECT_FALSE(stand_in("appliance", "").alike);
}

TEST(StandIns, hold_the_packages_that_their_recipe_says) {
    std::ifstream in(std::filesystem::path(TESTUDO_SOURCE_DIR) / "deploy/images/debian-range/recipe");
    std::set<std::string> recipe;
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("packages "))
            for (const auto& name : split(line.substr(9), ' '))
                recipe.insert(name);
    ASSERT_FALSE(recipe.empty());
    for (const auto* other : {"nginx", "ssh", "python", "postgresql", "vim", "nc", "netcat", "dnsutils", "bind-utils",
                              "iproute", "openssh", "curl", "sudo", "nsd", "postfix", "less", "passwd"})
        EXPECT_TRUE(recipe.contains(std::string(held_package("debian-range", other)))) << other;
    EXPECT_EQ(held_package("debian-range", "wireshark"), "");
    EXPECT_EQ(held_package("debian-vm", "curl"), "");
}

} // namespace
} // namespace testudo::import_
