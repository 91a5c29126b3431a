// Clones of a golden machine on a real libvirt: each is itself, comes back as it was saved, and can be had otherwise
// when cloning fails.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <set>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <thread>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/range/goal.hpp"
#include "orchestrator/range/guests.hpp"
#include "tests/range/pump_loop.hpp"
#include "tests/range/real_host.hpp"
#include "tests/range/small_plan.hpp"

extern char** environ;

namespace testudo::range {
namespace {
namespace fs = std::filesystem;

constexpr Millis patience{180'000};

std::int64_t wall_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

class RealClones : public testing::Test {
  protected:
    RealClones() {
        hypervisor_->on_notice([this](const std::string&, const std::string& text) { notices_ += text + "\n"; });
        for (const auto& network : goal_.networks)
            expect([&](auto done) { hypervisor_->create_network(network, done); });
    }
    ~RealClones() override {
        for (const auto& spec : made_)
            remove(spec);
        for (const auto& n : goal_.networks)
            expect([&](auto done) {
                hypervisor_->destroy({ObjectKind::network, {}, n.mark, n.name, n.uuid, true, ""}, done);
            });
    }

    template <class T> Result<T> wait(const std::function<void(Hypervisor::Done<T>)>& call) {
        std::optional<Result<T>> result;
        call([&](Result<T> r) { result = std::move(r); });
        if (!loop_.run_until([&] { return result.has_value(); }, patience))
            return fail("test.no-answer", "", "done was never called");
        return std::move(*result);
    }
    void expect(const std::function<void(Hypervisor::Done<void>)>& call) {
        const auto result = wait<void>(call);
        EXPECT_TRUE(result) << result.error().text();
    }

    // A machine like the plan's, with a name, a secret and a card of its own.
    MachineSpec spec(const std::string& own) const {
        auto spec = goal_.machine("plc@north")->spec;
        spec.mark.object = own;
        spec.name = "tst-clones-" + own;
        spec.uuid = uuid_of(own);
        spec.secret = short_hash("secret of " + own, 64);
        for (auto& nic : spec.nics) {
            nic.device = "tv" + short_hash(own, 10);
            nic.mac = mac_of(own);
        }
        return spec;
    }
    void create(const std::vector<MachineSpec>& specs) {
        std::size_t done = 0;
        for (const auto& spec : specs) {
            made_.push_back(spec);
            hypervisor_->create_machine(spec, [&](const Result<void>& result) {
                EXPECT_TRUE(result) << result.error().text();
                ++done;
            });
        }
        EXPECT_TRUE(loop_.run_until([&] { return done == specs.size(); }, patience));
    }
    void create(const MachineSpec& spec) { create(std::vector{spec}); }
    void remove(const MachineSpec& spec) {
        expect([&](auto done) {
            hypervisor_->destroy({ObjectKind::machine, spec.kind, spec.mark, spec.name, spec.uuid, true, ""}, done);
        });
    }
    void meet(const MachineSpec& spec) {
        guests_.add(spec.mark.object, ref_of(spec), spec.secret);
        expect([&](auto done) { guests_.await(spec.mark.object, patience, done); });
    }
    Result<json::object> ask(const MachineSpec& spec, const std::string& op, json::object body) {
        return wait<json::object>(
            [&](auto done) { guests_.request(spec.mark.object, op, std::move(body), patience, done); });
    }
    agents::PersonaliseSpec personality(const MachineSpec& spec, const std::string& address) const {
        agents::PersonaliseSpec own;
        own.hostname = spec.mark.object;
        own.interfaces = {{"lan0", spec.nics.at(0).mac, address, ""}};
        return own;
    }

    PumpLoop loop_;
    std::unique_ptr<Hypervisor> hypervisor_ = libvirt::make_hypervisor(loop_, RealHost::get().config());
    Goal goal_ = goal_of(plan::small_plan("clones", true), "seed");
    Guests guests_{loop_, *hypervisor_};
    std::vector<MachineSpec> made_;
    std::string notices_;
};

TEST_F(RealClones, TwoShareNothingThatMakesAMachine) {
    const auto golden = RealHost::get().data() / "golden";
    fs::remove_all(golden);
    create({spec("one"), spec("two")}); // one makes the golden machine, the other waits for it
    const auto entries = fs::directory_iterator(golden);
    EXPECT_EQ(std::count_if(begin(entries), end(entries), [](const auto& entry) { return entry.is_directory(); }), 1);
    EXPECT_NE(notices_.find("the golden machine of debian-vm is being made, 1 s"), std::string::npos) << notices_;
    EXPECT_NE(notices_.find("waits for the golden machine of debian-vm, 1 s"), std::string::npos) << notices_;

    std::set<std::string> seen;
    for (const auto* own : {"one", "two"}) {
        const auto machine = spec(own);
        meet(machine);
        auto personality =
            this->personality(machine, own == std::string("one") ? "198.18.11.61/24" : "198.18.11.62/24");
        // A setup that fails tells what it said.
        personality.setup = {"cat /etc/machine-id; cut -d' ' -f2 /etc/ssh/ssh_host_ed25519_key.pub; "
                             "head -c 16 /dev/urandom | od -An -tx1; hostname; cat /sys/class/net/lan0/address; "
                             "ip -4 -o addr show lan0 | tr -s ' ' | cut -d' ' -f4; date +%s; exit 1"};
        const auto asked = wall_seconds();
        const auto told = ask(machine, "personalise", {{"spec", agents::to_json(personality)}});
        ASSERT_FALSE(told);
        std::istringstream lines(told.error().message.substr(told.error().message.rfind("status 1: ") + 10));
        std::vector<std::string> facts;
        for (std::string line; std::getline(lines, line);)
            facts.push_back(line);
        ASSERT_EQ(facts.size(), 7U) << told.error().message;
        EXPECT_EQ(facts[0].size(), 32U);
        EXPECT_EQ(facts[3], own);
        EXPECT_EQ(facts[4], machine.nics[0].mac);
        // It looked at its clock somewhere between, long before its answer was here if the host is busy.
        EXPECT_GE(std::stoll(facts[6]), asked - 2) << own;
        EXPECT_LE(std::stoll(facts[6]), wall_seconds() + 2) << own;
        for (std::size_t i = 0; i + 1 < facts.size(); ++i)
            EXPECT_TRUE(seen.insert(facts[i]).second) << own << " shares " << facts[i];
    }
    EXPECT_EQ(notices_.find("boots from its image"), std::string::npos) << notices_;
}

TEST_F(RealClones, ASavedOneComesBackWithItsFilesItsMemoryAndTheTime) {
    const auto machine = spec("kept");
    create(machine);
    meet(machine);
    auto personality = this->personality(machine, "198.18.11.63/24");
    personality.reach = {"198.18.11.0/24"};
    const auto spec_json = agents::to_json(personality);
    ASSERT_TRUE(ask(machine, "personalise", {{"spec", spec_json}}));
    expect([&](auto done) { hypervisor_->save_machine(ref_of(machine), "before", done); });

    const json::object intruder{{"path", "/root/intruder"}, {"content", "was here"}};
    const auto planted = ask(machine, "act", {{"act", "a1"}, {"action", "plant-file"}, {"params", intruder}});
    ASSERT_TRUE(planted) << planted.error().text();
    const auto holds = [&] {
        const auto answer = ask(machine, "inspect", {{"action", "plant-file"}, {"params", intruder}});
        EXPECT_TRUE(answer) << answer.error().text();
        return answer && bool_or(*answer, "holds");
    };
    EXPECT_TRUE(holds());

    guests_.remove(machine.mark.object);
    remove(machine);
    expect([&](auto done) { hypervisor_->restore_machine(machine, "before", done); });
    meet(machine);
    const auto status = ask(machine, "status", {});
    ASSERT_TRUE(status) << status.error().text();
    EXPECT_EQ(text_or(*status, "spec_hash"), agents::hash_of(personality));
    EXPECT_FALSE(holds());
    expect([&](auto done) { hypervisor_->forget_snapshot(ref_of(machine), "before", done); });
    EXPECT_FALSE(fs::exists(RealHost::get().data() / "snapshots/clones"));
}

TEST_F(RealClones, AGoldenStateThatIsBrokenIsThrownAwayAndTheMachineBoots) {
    create(spec("first"));
    fs::path state;
    for (const auto& entry : fs::recursive_directory_iterator(RealHost::get().data() / "golden"))
        if (entry.path().filename() == "state")
            state = entry.path();
    ASSERT_FALSE(state.empty());
    const auto whole = RealHost::get().data() / "whole-state"; // put back in the end, for the tests that follow
    fs::rename(state, whole);
    fs::copy_file(whole, state);
    fs::resize_file(state, fs::file_size(state) / 2);
    create(spec("second"));
    EXPECT_NE(notices_.find("boots from its image, because it cannot be cloned: "), std::string::npos) << notices_;
    EXPECT_FALSE(fs::exists(state));
    fs::rename(whole, state);
}

// While the golden machine is being made.
TEST(RealGolden, AKilledProgramLeavesNothingAfterTheNextCommand) {
    const auto& host = RealHost::get();
    const auto data = host.data() / "killed"; // without a golden machine yet
    const auto command = [&](const std::string& verb) {
        return fmt::format("{} {} golden {} {} {} {} {} vm", RANGE_DRIVER, verb, host.directory().string(),
                           RealHost::images(), data.string(), TESTUDO_AGENT, (host.data() / "journal-golden").string());
    };
    const auto text = "exec " + command("up") + " >/dev/null 2>&1";
    std::array<char*, 4> argv{const_cast<char*>("sh"), const_cast<char*>("-c"), const_cast<char*>(text.c_str()),
                              nullptr};
    pid_t pid = 0;
    ASSERT_EQ(::posix_spawn(&pid, "/bin/sh", nullptr, nullptr, argv.data(), environ), 0);
    const auto machines = fmt::format("virsh -q -c '{}' list --name", host.uri());
    std::string running;
    for (int i = 0; i < 300 && running.find("golden") == std::string::npos; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        running = RealHost::run(machines);
    }
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    EXPECT_NE(running.find("testudo-golden-"), std::string::npos);
    const auto down = RealHost::run(command("down") + " 2>&1");
    EXPECT_EQ(RealHost::last_status, 0) << down;
    EXPECT_EQ(RealHost::run(machines).find("golden"), std::string::npos);
    for (const auto& entry : fs::directory_iterator(data / "golden"))
        EXPECT_FALSE(entry.is_directory()) << entry.path();
}

} // namespace
} // namespace testudo::range
