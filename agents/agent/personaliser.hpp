#pragma once
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "agents/actions/commands.hpp"
#include "agents/protocol/personalise_spec.hpp"

namespace testudo::agents {

// Puts a spec in place, step by step; stops at the first step that fails and says which.
class Personaliser {
  public:
    using Done = std::function<void(Result<json::array>)>; // the steps: [{step, ms}]

    Personaliser(boost::asio::io_context& io, Commands& commands) : io_(io), commands_(commands), waiting_(io) {}
    // One at a time. Where the files of a snapshot are in place, what is in files is not put there again: users, files,
    // keys, what the setup did.
    void run(PersonaliseSpec spec, bool files_there, Done done);

  private:
    using Next = std::function<void(Result<void>)>;
    using Step = void (Personaliser::*)(Next);
    using SteadyClock = std::chrono::steady_clock;

    void run_step(std::size_t index);
    void command(Command command, Next next);
    // Runs `each` for 0 .. count-1, one after another, until one fails.
    void in_turn(std::size_t count, std::function<void(std::size_t, Next)> each, Next next);

    void set_hostname(Next next);
    void set_network(Next next);
    void await_interfaces(Next next);
    void set_firewall(Next next);
    void make_users(Next next);
    void write_files(Next next);
    void make_host_keys(Next next);
    void run_setup(Next next);
    void start_services(Next next);

    boost::asio::io_context& io_;
    Commands& commands_;
    PersonaliseSpec spec_;
    bool files_there_ = false;
    Done done_;
    json::array steps_;
    SteadyClock::time_point step_began_{};
    boost::asio::steady_timer waiting_; // for an interface to turn up
};

} // namespace testudo::agents
