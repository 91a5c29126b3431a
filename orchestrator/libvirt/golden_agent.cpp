#include "orchestrator/libvirt/golden_agent.hpp"

#include <array>
#include <optional>
#include <thread>

#include "agents/protocol/handshake.hpp"
#include "agents/protocol/message.hpp"
#include "orchestrator/core/digest.hpp"
#include "orchestrator/libvirt/handles.hpp"
#include "orchestrator/libvirt/machine_xml.hpp"

namespace testudo::libvirt {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds between_looks{20};
constexpr std::chrono::milliseconds between_hellos{500};

// One conversation, without a loop: hello until the handshake is done, then the one request.
class Conversation {
  public:
    Conversation(virStreamPtr stream, const std::string& secret, const std::string& machine)
        : stream_(stream), handshake_(secret, machine, random_hex(16)),
          reader_([this](const agents::Frame& frame) { take(frame); }) {}

    // False if the stream broke.
    bool turn() {
        if (!handshake_.done() && SteadyClock::now() >= next_hello_) {
            next_hello_ = SteadyClock::now() + between_hellos;
            leaving_ += handshake_.hello();
        }
        std::array<char, 16 * 1024> buffer{};
        for (;;) {
            const int got = virStreamRecv(stream_, buffer.data(), buffer.size());
            if (got == -2)
                break;
            if (got <= 0)
                return false;
            reader_.receive(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
        }
        while (!leaving_.empty()) {
            const int sent = virStreamSend(stream_, leaving_.data(), leaving_.size());
            if (sent == -2)
                break;
            if (sent < 0)
                return false;
            leaving_.erase(0, static_cast<std::size_t>(sent));
        }
        return true;
    }
    const std::optional<agents::Reply>& reply() const { return reply_; }

  private:
    void take(const agents::Frame& frame) {
        if (!handshake_.done()) {
            leaving_ += handshake_.receive(frame);
            if (handshake_.done())
                leaving_ += handshake_.link().seal(to_json(agents::Request{"settle", "settle", {}}));
            return;
        }
        const auto body = handshake_.link().open(frame);
        if (const auto answer = body ? agents::answer_from_json(*body) : std::nullopt; answer && answer->to == "settle")
            reply_ = answer->reply;
    }

    virStreamPtr stream_;
    agents::ControllerHandshake handshake_;
    agents::FrameReader reader_;
    std::string leaving_;
    SteadyClock::time_point next_hello_{};
    std::optional<agents::Reply> reply_;
};

} // namespace

Result<void> settle_golden_machine(virConnectPtr connection, virDomainPtr domain, const std::string& secret,
                                   const std::string& machine, std::chrono::seconds patience,
                                   const std::function<bool()>& go_on) {
    const std::string name = virDomainGetName(domain);
    const Stream stream(virStreamNew(connection, VIR_STREAM_NONBLOCK));
    if (!stream || virDomainOpenChannel(domain, agent_port, stream.get(), VIR_DOMAIN_CHANNEL_FORCE) != 0)
        return last_error(name);
    Conversation conversation(stream.get(), secret, machine);
    const auto deadline = SteadyClock::now() + patience;
    while (!conversation.reply()) {
        if (!go_on())
            return fail("golden.stopped", name, "the program is ending");
        if (!conversation.turn())
            return last_error(name);
        if (SteadyClock::now() > deadline)
            return fail("golden.silent", name, "its agent did not get ready in time");
        std::this_thread::sleep_for(between_looks);
    }
    virStreamFinish(stream.get());
    const auto& reply = *conversation.reply();
    if (!reply)
        return fail("golden.agent", name, reply.error().code + ": " + reply.error().message);
    if (!bool_or(*reply, "renews"))
        return fail("golden.agent", name,
                    "the image starts its agent in a way that does not let clones have an identity of their own: build "
                    "it anew with `deploy/images/build`");
    return {};
}

} // namespace testudo::libvirt
