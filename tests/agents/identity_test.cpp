// Which machine the agent is told to be, also when that changes under it.

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <utility>

#include "agents/agent/settings.hpp"
#include "agents/protocol/agent_session.hpp"
#include "orchestrator/core/digest.hpp"

namespace testudo::agents {
namespace {
namespace fs = std::filesystem;

class IdentityTest : public testing::Test {
  protected:
    IdentityTest() { fs::create_directories(root_); }
    ~IdentityTest() override { fs::remove_all(root_); }
    void put(const std::string& name, const std::string& text) { std::ofstream(root_ / name) << text; }
    Result<Settings> read() {
        return read_settings({"--channel", "/dev/null", "--secret-file", (root_ / "secret").string(), "--machine-file",
                              (root_ / "machine").string()});
    }

    fs::path root_ = fs::temp_directory_path() / ("testudo-identity-" + random_hex(6));
};

TEST_F(IdentityTest, ComesFromFilesThatAreFilledUp) {
    put("machine", "plc@north" + std::string(50, '\n'));
    put("secret", "hush" + std::string(50, '\n'));
    auto settings = read();
    ASSERT_TRUE(settings) << settings.error().text();
    EXPECT_EQ(settings->machine, "plc@north");
    EXPECT_EQ(settings->secret, "hush");
    EXPECT_FALSE(read_identity_again(*settings));
}

TEST_F(IdentityTest, IsAnotherAfterCloning) {
    put("machine", "golden");
    put("secret", "hush");
    auto settings = *read();
    put("machine", "plc@north");
    EXPECT_TRUE(read_identity_again(settings));
    EXPECT_EQ(settings.machine, "plc@north");
    EXPECT_FALSE(read_identity_again(settings));
    put("secret", "psst");
    EXPECT_TRUE(read_identity_again(settings));
    put("secret", ""); // tells nothing
    EXPECT_FALSE(read_identity_again(settings));
    EXPECT_EQ(settings.secret, "psst");
}

TEST_F(IdentityTest, ThatIsGivenDirectlyStays) {
    auto settings = *read_settings({"--machine", "portal", "--secret-env", "PATH"});
    EXPECT_FALSE(read_identity_again(settings));
}

// The agent's side of a channel, as a controller that knows `secret` and `machine` meets it.
bool meets(AgentSession& session, std::string& written, const std::string& secret, const std::string& machine) {
    ControllerHandshake controller(secret, machine, std::string(32, 'c'));
    FrameReader reader([&](const Frame& frame) {
        if (const auto line = controller.receive(frame); !line.empty())
            session.receive(line);
    });
    written.clear();
    session.receive(controller.hello());
    while (!written.empty())
        reader.receive(std::exchange(written, {}));
    return controller.done();
}

TEST(ClonedAgent, AnswersTheFirstHelloAsItsNewSelf) {
    std::string written;
    bool cloned = false;
    AgentSession* self = nullptr;
    AgentSession session("hush", {"golden", "1", "b1"},
                         {[&](const std::string& bytes) { written += bytes; }, [](auto&&...) {},
                          [&] {
                              if (std::exchange(cloned, false))
                                  self->become("psst", {"plc@north", "1", "b2"});
                          }});
    self = &session;
    EXPECT_TRUE(meets(session, written, "hush", "golden"));
    EXPECT_FALSE(meets(session, written, "psst", "plc@north"));
    cloned = true;
    EXPECT_TRUE(meets(session, written, "psst", "plc@north"));
    EXPECT_FALSE(meets(session, written, "hush", "golden"));
}

} // namespace
} // namespace testudo::agents
