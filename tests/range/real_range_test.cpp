// A whole range on a real libvirt: containers and a full machine, brought up and taken down by a program that is
// killed.

#include <csignal>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>

#include "orchestrator/range/range.hpp"
#include "tests/range/pump_loop.hpp"
#include "tests/range/real_host.hpp"
#include "tests/range/small_plan.hpp"

extern char** environ;

namespace testudo::range {
namespace {

struct Ran {
    int status = 0;
    std::string output;
};

std::string command(const std::string& verb, const std::string& exercise, bool with_vm) {
    const auto& host = RealHost::get();
    return fmt::format("{} {} {} {} {} {} {} {} {}", RANGE_DRIVER, verb, exercise, host.directory().string(),
                       RealHost::images(), host.data().string(), TESTUDO_AGENT,
                       (host.data() / ("journal-" + exercise)).string(), with_vm ? "vm" : "");
}

Ran run(const std::string& verb, const std::string& exercise, bool with_vm = false) {
    Ran ran;
    ran.output = RealHost::run(command(verb, exercise, with_vm) + " 2>&1");
    ran.status = RealHost::last_status;
    return ran;
}

// Starts the program and kills it after that time.
void run_and_kill(const std::string& verb, const std::string& exercise, Millis after) {
    const auto text = "exec " + command(verb, exercise, false) + " >/dev/null 2>&1";
    std::array<char*, 4> argv{const_cast<char*>("sh"), const_cast<char*>("-c"), const_cast<char*>(text.c_str()),
                              nullptr};
    pid_t pid = 0;
    ASSERT_EQ(::posix_spawn(&pid, "/bin/sh", nullptr, nullptr, argv.data(), environ), 0);
    std::this_thread::sleep_for(after);
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
}

void expect_nothing_left(const std::string& when) {
    const auto& host = RealHost::get();
    EXPECT_EQ(host.inside("ip -o link").find("tb"), std::string::npos) << when << host.inside("ip -o link");
    EXPECT_EQ(host.inside("pgrep -l 'virt_lxc|qemu'"), "") << when;
    EXPECT_EQ(RealHost::run(fmt::format("ls -A {}/machines 2>/dev/null", host.data().string())), "") << when;
}

TEST(RealRange, ContainersComeUpAndGo) {
    const auto up = run("up", "one");
    EXPECT_EQ(up.status, 0) << up.output;
    const auto again = run("up", "one");
    EXPECT_NE(again.output.find("changed 0 kept 3 failed 0"), std::string::npos) << again.output;
    const auto down = run("down", "one");
    EXPECT_EQ(down.status, 0) << down.output;
    expect_nothing_left("after down");
}

TEST(RealRange, AFullMachineBootsBesideContainersAndServesThem) {
    const auto up = run("up", "two", true);
    ASSERT_EQ(up.status, 0) << up.output;
    {
        const auto& host = RealHost::get();
        PumpLoop loop;
        const auto hypervisor = libvirt::make_hypervisor(loop, host.config());
        const auto journal = std::move(*Journal::open(host.data() / "journal-two", loop.clock()));
        Range range(loop, *hypervisor, *journal, plan::small_plan("two", true), "seed");
        std::optional<Result<std::vector<Range::MachineStatus>>> missing;
        range.attach([&](auto result) { missing = std::move(result); });
        ASSERT_TRUE(loop.run_until([&] { return missing && range.guests().connected("vantage"); }, Millis(30'000)));
        EXPECT_TRUE((*missing)->empty());
        const auto probe = [&](json::object body) {
            std::optional<Result<json::object>> answer;
            body["timeout_ms"] = 8'000;
            range.guests().request("vantage", "probe", std::move(body), Millis(20'000),
                                   [&](auto result) { answer = std::move(result); });
            loop.run_until([&] { return answer.has_value(); }, Millis(30'000));
            return answer && *answer ? json::serialize(**answer) : std::string("no answer");
        };
        // Through the team's router, in both families, to a container and to the full machine.
        for (const auto* address : {"198.18.11.80", "2001:db8:11::80", "198.18.11.50", "2001:db8:11::50"})
            EXPECT_NE(probe({{"type", "icmp"}, {"address", address}}).find(R"("result":"pass")"), std::string::npos)
                << address << ": " << probe({{"type", "icmp"}, {"address", address}});
        EXPECT_NE(probe({{"type", "http"},
                         {"address", "198.18.11.80"},
                         {"port", 80},
                         {"params", {{"path", "/"}, {"contains", "Harbour office"}}}})
                      .find(R"("result":"pass")"),
                  std::string::npos);
        // The first console is there for people.
        for (const auto* machine : {"portal@north", "plc@north"}) {
            std::string seen;
            std::unique_ptr<agents::GuestChannel> console;
            hypervisor->open_console(
                ref_of(goal_of(plan::small_plan("two", true), "seed").machine(machine)->spec),
                [&](Result<Hypervisor::Channel> opened) {
                    ASSERT_TRUE(opened) << opened.error().text();
                    console = std::move(*opened);
                    console->listen({[&](std::string_view bytes) { seen += bytes; }, [](auto&) {}});
                    console->write("\r");
                });
            EXPECT_TRUE(loop.run_until([&] { return seen.find("ogin") != std::string::npos; }, Millis(30'000)))
                << machine << " shows: " << seen;
        }
    }
    const auto down = run("down", "two");
    EXPECT_EQ(down.status, 0) << down.output;
    expect_nothing_left("after down");
}

class RealRangeKilled : public testing::TestWithParam<int> {};

TEST_P(RealRangeKilled, UpIsFinishedByUpAndUndoneByDown) {
    run_and_kill("up", "killed", Millis(GetParam()));
    const auto up = run("up", "killed");
    EXPECT_EQ(up.status, 0) << up.output;
    run_and_kill("down", "killed", Millis(GetParam() / 2));
    const auto down = run("down", "killed");
    EXPECT_EQ(down.status, 0) << down.output;
    expect_nothing_left("after a killed down");
    run_and_kill("up", "killed", Millis(GetParam()));
    const auto undone = run("down", "killed");
    EXPECT_EQ(undone.status, 0) << undone.output;
    expect_nothing_left("after a killed up");
}

INSTANTIATE_TEST_SUITE_P(Moments, RealRangeKilled, testing::Values(60, 250, 600, 1'500));

TEST(RealRange, TwoExercisesOnOneHostLeaveEachOtherAlone) {
    EXPECT_EQ(run("up", "left").status, 0);
    EXPECT_EQ(run("up", "right").status, 0);
    EXPECT_EQ(run("down", "left").status, 0);
    const auto right = run("up", "right");
    EXPECT_NE(right.output.find("changed 0 kept 3 failed 0"), std::string::npos) << right.output;
    EXPECT_EQ(run("down", "right").status, 0);
    expect_nothing_left("after both");
}

} // namespace
} // namespace testudo::range
