#include <boost/asio/executor_work_guard.hpp>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <optional>
#include <sstream>
#include <sys/stat.h>

#include "agents/actions/action.hpp"
#include "agents/actions/local_file.hpp"
#include "agents/actions/services.hpp"
#include "tests/agents/scripted_server.hpp"

namespace testudo::agents {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using Move = ScriptedServer::Move;

template <class T> std::string code_of(const Result<T>& result) {
    return result ? "none" : result.error().code;
}

class ActionsTest : public testing::Test {
  protected:
    ActionsTest() {
        std::string name = "/tmp/testudo-actions-XXXXXX";
        folder_ = ::mkdtemp(name.data());
    }
    ~ActionsTest() override { fs::remove_all(folder_); }

    template <class Value> Value wait(std::optional<Value>& slot) {
        const auto end = std::chrono::steady_clock::now() + Millis(10'000);
        while (!slot && std::chrono::steady_clock::now() < end)
            io_.run_one_for(Millis(50));
        EXPECT_TRUE(slot) << "no result";
        return slot.value();
    }
    Result<ActionResult> run(const std::string& action, json::object params, const std::string& address = "") {
        std::optional<Result<ActionResult>> result;
        actions_.run({action, std::move(params), address_of(address)},
                     [&](Result<ActionResult> r) { result = std::move(r); });
        return wait(result);
    }
    Result<Inspection> inspect(const std::string& action, json::object params) {
        std::optional<Result<Inspection>> result;
        actions_.inspect({action, std::move(params), std::nullopt},
                         [&](Result<Inspection> r) { result = std::move(r); });
        return wait(result);
    }
    CommandResult command(Command c) {
        std::optional<CommandResult> result;
        commands_.run(std::move(c), [&](CommandResult r) { result = std::move(r); });
        return wait(result);
    }
    static std::optional<Address> address_of(const std::string& text) {
        return text.empty() ? std::nullopt : std::optional(parse_address(text).value());
    }
    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    void write(const std::string& name, const std::string& content) { std::ofstream(path(name)) << content; }
    std::string read(const std::string& name) const {
        std::ostringstream out;
        out << std::ifstream(path(name)).rdbuf();
        return out.str();
    }

    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
    Commands commands_{io_};
    Surroundings surroundings_{io_, commands_, Reach::parse({"127.0.0.0/8", "198.18.0.0/16"}).value()};
    Actions actions_{surroundings_};
    std::string folder_;
};

TEST_F(ActionsTest, UnknownActionsAndInspectionsOfNothingAreRefused) {
    EXPECT_EQ(code_of(run("format-disk", {})), "refused.unknown");
    EXPECT_EQ(code_of(inspect("format-disk", {})), "refused.unknown");
    EXPECT_EQ(code_of(inspect("beacon", {})), "refused.unknown");
}

TEST_F(ActionsTest, DefacingKeepsTheFirstPage) {
    write("index.html", "<h1>Harbour</h1>");
    ::chmod(path("index.html").c_str(), 0640);
    const json::object first{{"path", path("index.html")}, {"text", "Night Heron"}};
    EXPECT_FALSE(inspect("deface", first)->holds);
    const auto done = run("deface", first);
    ASSERT_TRUE(done && done->ok) << done->evidence;
    EXPECT_TRUE(inspect("deface", first)->holds);
    EXPECT_EQ(read("index.html.orig"), "<h1>Harbour</h1>");
    struct stat info {};
    ASSERT_EQ(::stat(path("index.html").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0640u);
    ASSERT_TRUE(run("deface", {{"path", path("index.html")}, {"text", "Again"}})->ok);
    EXPECT_EQ(read("index.html.orig"), "<h1>Harbour</h1>");
    fs::copy_file(path("index.html.orig"), path("index.html"), fs::copy_options::overwrite_existing);
    EXPECT_FALSE(inspect("deface", first)->holds);
}

TEST_F(ActionsTest, DefacingWhatIsNotThereFails) {
    const auto done = run("deface", {{"path", path("none.html")}, {"text", "x"}});
    ASSERT_TRUE(done);
    EXPECT_FALSE(done->ok);
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(ActionsTest, FilesArePlantedAndFoundAndFilledAndGone) {
    const json::object note{{"path", path("a/b/note")}, {"content", "we were here"}};
    EXPECT_FALSE(inspect("plant-file", note)->holds);
    ASSERT_TRUE(run("plant-file", note)->ok);
    EXPECT_TRUE(inspect("plant-file", note)->holds);
    fs::remove(path("a/b/note"));
    EXPECT_FALSE(inspect("plant-file", note)->holds);

    const json::object filler{{"path", path("filler")}, {"mib", 2}};
    ASSERT_TRUE(run("fill-quota", filler)->ok);
    EXPECT_EQ(fs::file_size(path("filler")), 2u << 20);
    EXPECT_TRUE(inspect("fill-quota", filler)->holds);
    EXPECT_FALSE(run("fill-quota", filler)->ok) << "an existing file is left alone";
    fs::remove(path("filler"));
    EXPECT_FALSE(inspect("fill-quota", filler)->holds);
}

TEST_F(ActionsTest, PathsOfTheKernelAndOfTheAgentAreClosed) {
    for (const auto* bad : {"", "relative", "/tmp/../etc/passwd", "/proc/sysrq-trigger", "/sys/x", "/dev/sda",
                            "/run/testudo/x", "/boot/vmlinuz", "/tmp/", "/tmp//x", "/proc"}) {
        EXPECT_EQ(code_of(run("plant-file", {{"path", bad}})), "refused.params") << bad;
        EXPECT_EQ(code_of(run("deface", {{"path", bad}, {"text", "x"}})), "refused.params") << bad;
        EXPECT_EQ(code_of(run("fill-quota", {{"path", bad}, {"mib", 1}})), "refused.params") << bad;
    }
    EXPECT_TRUE(check_path("/processes/x"));
}

TEST_F(ActionsTest, NothingIsSentOutsideOfTheReach) {
    for (const auto& [action, params] : std::vector<std::pair<std::string, json::object>>{
             {"sweep-ports", {{"ports", json::array{80}}}},
             {"guess-password", {{"user", "u"}, {"passwords", json::array{"p"}}}},
             {"beacon", {{"port", 80}}},
             {"write-register", {{"register", 1}, {"value", 1}}}}) {
        EXPECT_EQ(code_of(run(action, params, "192.0.2.1")), "refused.target") << action;
        EXPECT_EQ(code_of(run(action, params, "198.19.0.1")), "refused.target") << action;
        auto named = params;
        named["address"] = "8.8.8.8";
        EXPECT_EQ(code_of(run(action, named)), "refused.target") << action;
        named["address"] = "portal.harbour.example";
        EXPECT_EQ(code_of(run(action, named)), "refused.params") << action;
    }
    EXPECT_EQ(code_of(run("sweep-ports", {{"network", "127.0.0.0/30"}, {"ports", json::array{}}})), "refused.params");
    EXPECT_EQ(code_of(run("sweep-ports", {{"network", "198.18.0.0/21"}, {"ports", json::array{80}}})),
              "refused.params");
    EXPECT_EQ(code_of(run("sweep-ports", {{"network", "0.0.0.0/0"}, {"ports", json::array{80}}})), "refused.params");
    EXPECT_EQ(code_of(run("sweep-ports", {{"network", "::/0"}, {"ports", json::array{80}}})), "refused.params");
    EXPECT_EQ(code_of(run("sweep-ports", {{"network", "198.19.0.0/30"}, {"ports", json::array{1}}})), "refused.target");
}

TEST_F(ActionsTest, SweepsTellOpenPorts) {
    ScriptedServer server(io_, ScriptedServer::silence());
    const auto swept = run("sweep-ports", {{"network", "127.0.0.1/32"}, {"ports", json::array{server.port(), 9}}});
    ASSERT_TRUE(swept);
    EXPECT_EQ(swept->evidence, "1 open ports found");
    EXPECT_NE(swept->detail.find("127.0.0.1 port " + std::to_string(server.port())), std::string::npos)
        << swept->detail;
}

TEST_F(ActionsTest, BeaconsCallAsOftenAsTold) {
    std::string heard;
    ScriptedServer server(io_, [&](const std::string& received) {
        heard += received;
        return Move{"", false, false, received.size()};
    });
    const auto called =
        run("beacon", {{"address", "127.0.0.1"}, {"port", server.port()}, {"count", 3}, {"interval_ms", 10}});
    ASSERT_TRUE(called && called->ok);
    io_.run_for(Millis(50));
    EXPECT_EQ(server.clients(), 3);
    EXPECT_NE(heard.find("testudo beacon 3 of 3\n"), std::string::npos) << heard;
    EXPECT_EQ(code_of(run("beacon", {{"address", "127.0.0.1"}, {"port", 1}, {"count", 101}})), "refused.params");
}

TEST_F(ActionsTest, RegistersAreWrittenAndInspected) {
    char low = 0;
    ScriptedServer device(io_, [&](const std::string& r) {
        if (r.size() < 12)
            return Move{};
        if (r[7] == 6) {
            low = r[11];
            return Move{r.substr(0, 12), false, false, 12};
        }
        return Move{r.substr(0, 4) + std::string("\x00\x05", 2) + r[6] + std::string("\x03\x02\x00", 3) + low, false,
                    false, 12};
    });
    const json::object params{{"port", device.port()}, {"register", 7}, {"value", 95}};
    EXPECT_FALSE(inspect("write-register", params)->holds);
    const auto written = run("write-register", params, "127.0.0.1");
    ASSERT_TRUE(written && written->ok) << written->evidence;
    EXPECT_TRUE(inspect("write-register", params)->holds);
    low = 1;
    EXPECT_FALSE(inspect("write-register", params)->holds);
}

TEST_F(ActionsTest, ServiceNamesAreNames) {
    for (const auto* bad : {"", "-x", "a b", "../x", "a;b", "--full-restart"}) {
        EXPECT_FALSE(is_service_name(bad)) << bad;
        EXPECT_EQ(code_of(run("stop-service", {{"service", bad}})), "refused.params") << bad;
    }
    EXPECT_TRUE(is_service_name("postgresql@15-main"));
}

TEST_F(ActionsTest, GuessesAreOneLineAndFew) {
    json::array many;
    for (int i = 0; i < 21; ++i)
        many.emplace_back("x");
    EXPECT_EQ(code_of(run("guess-password", {{"user", "u"}, {"passwords", many}}, "127.0.0.1")), "refused.params");
    EXPECT_EQ(
        code_of(run("guess-password", {{"user", "-oProxyCommand=x"}, {"passwords", json::array{"p"}}}, "127.0.0.1")),
        "refused.params");
    EXPECT_EQ(code_of(run("guess-password", {{"user", "u"}, {"passwords", json::array{"a\nb"}}}, "127.0.0.1")),
              "refused.params");
}

TEST_F(ActionsTest, CommandsHaveInputOutputStatusAndATimeLimit) {
    const auto echo = command({{"cat"}, "hello\n", {}, Millis(5'000)});
    EXPECT_TRUE(echo.good());
    EXPECT_EQ(echo.output, "hello\n");
    EXPECT_EQ(command({{"sh", "-c", "exit 3"}, "", {}, Millis(5'000)}).status, 3);
    EXPECT_EQ(command({{"/no/such/program"}, "", {}, Millis(5'000)}).status, 127);
    const auto slow = command({{"sleep", "60"}, "", {}, Millis(100)});
    EXPECT_TRUE(slow.timed_out);
    EXPECT_EQ(slow.status, 128 + 9);
}

TEST_F(ActionsTest, AServiceThatHoldsItsOutputDoesNotHoldUs) {
    const auto began = std::chrono::steady_clock::now();
    const auto done = command({{"sh", "-c", "echo started; sleep 3 & exit 0"}, "", {}, Millis(10'000)});
    EXPECT_EQ(done.output, "started\n");
    EXPECT_LT(std::chrono::steady_clock::now() - began, Millis(2'500));
}

TEST_F(ActionsTest, CommandsGetNothingOfOurEnvironment) {
    ::setenv("TESTUDO_SECRET", "hidden", 1);
    const auto seen = command({{"env"}, "", {{"EXTRA", "1"}}, Millis(5'000)});
    EXPECT_EQ(seen.output.find("hidden"), std::string::npos);
    EXPECT_NE(seen.output.find("EXTRA=1"), std::string::npos);
    ::unsetenv("TESTUDO_SECRET");
}

} // namespace
} // namespace testudo::agents
