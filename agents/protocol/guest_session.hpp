#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agents/protocol/guest_channel.hpp"
#include "agents/protocol/handshake.hpp"
#include "agents/protocol/message.hpp"
#include "orchestrator/core/loop.hpp"

namespace testudo::agents {

// The controller's side: keeps one machine's agent reachable for as long as it exists, and carries requests to it.
//
//   idle ──start()──► opening ──opened──► greeting ──agent proven──► connected
//                       ▲  ▲                  │ no answer              │ channel lost, or silent
//                       │  └──── back-off ◄───┴────────────────────────┘
//
// All on the Loop's thread. May not be destroyed from within one of its own callbacks.
class GuestSession {
  public:
    struct State {
        bool connected = false;
        std::string boot;   // of the agent last met; another one means that the machine was restarted
        std::string reason; // why it is not connected
    };
    using Done = std::function<void(Result<json::object>)>;

    // An agent that is still booting loses hellos.
    static constexpr Millis hello_period{2'000};
    static constexpr int hellos_per_channel = 15;
    static constexpr Millis first_back_off{250};
    static constexpr Millis longest_back_off{5'000};
    static constexpr Millis watch_period{10'000};    // how often the silence is looked at; a silent agent is asked
    static constexpr Millis doubt_period{3'000};     // after a hint that the agent was restarted
    static constexpr Millis longest_silence{25'000}; // after that the channel is opened anew

    GuestSession(Loop& loop, std::string secret, std::string machine, OpenGuestChannel open,
                 std::function<void(const State&)> on_state);
    ~GuestSession();
    GuestSession(const GuestSession&) = delete;
    GuestSession& operator=(const GuestSession&) = delete;

    void start();
    const State& state() const { return state_; }

    // `done` is called once, from a task of the loop. The agent's own refusals keep their code
    // (docs/agent-protocol.md); besides them: agent.away (surely not sent), agent.lost and agent.timeout (sent; whether
    // it was done is unknown). A repeated act whose first result the agent still has succeeds with that result and
    // "repeated": true.
    void request(std::string op, json::object body, Millis timeout, Done done);
    // Before the session is destroyed, if those who still wait are to hear of it: they are told "agent.lost".
    void give_up(const std::string& reason);

  private:
    struct Pending {
        Done done;
        TimerId timer;
    };

    void open();
    void greet(std::unique_ptr<GuestChannel> channel);
    void send_hello(int left);
    void take(const Frame& frame);
    void take_answer(const Answer& answer);
    void watch();
    void ask_for_life();
    void doubt();
    void lose(const std::string& reason);
    TimerId later(Millis delay, void (GuestSession::*what)());

    Loop& loop_;
    std::string secret_;
    std::string machine_;
    OpenGuestChannel open_;
    std::function<void(const State&)> on_state_;
    State state_;
    std::unique_ptr<GuestChannel> channel_;
    std::optional<ControllerHandshake> handshake_;
    FrameReader reader_;
    std::map<std::string, Pending> pending_;
    std::uint64_t next_request_ = 1;
    Millis back_off_ = first_back_off;
    TimerId timer_ = 0; // the one of the present state: back-off, next hello or watch
    SteadyTime heard_{};
    std::uint64_t frames_heard_ = 0;
    bool doubting_ = false;
    // Tasks and callbacks that may outlive this object hold it weakly.
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

} // namespace testudo::agents
