#pragma once
#include <boost/asio/io_context.hpp>
#include <map>
#include <string>
#include <vector>

#include "agents/actions/action.hpp"
#include "agents/agent/act_memory.hpp"
#include "agents/agent/device.hpp"
#include "agents/agent/lost_time.hpp"
#include "agents/agent/personaliser.hpp"
#include "agents/agent/settings.hpp"
#include "agents/agent/settling.hpp"
#include "agents/protocol/agent_session.hpp"
#include "agents/snapshot/snapshot.hpp"

namespace testudo::agents {

// Answers the controller's requests on one machine.
class Agent {
  public:
    Agent(boost::asio::io_context& io, Commands& commands, const Settings& settings);
    void start();

  private:
    using Answer = std::function<void(const Reply&)>;

    void take(const Request& request, const Answer& answer);
    // A machine that was restored from a saved state is behind the time; a clone is another machine as well.
    void wake();
    void status(const Request& request, const Answer& answer);
    void settle(const Answer& answer);
    void personalise(const Request& request, const Answer& answer);
    void act(const Request& request, const Answer& answer);
    void inspect(const Request& request, const Answer& answer);
    void probe(const Request& request, const Answer& answer);
    void knock(const Request& request, const Answer& answer);
    void census(const Request& request, const Answer& answer);
    void emit(const Request& request, const Answer& answer);
    void overhear(const Request& request, const Answer& answer);
    void keep(const Request& request, const Answer& answer);
    void fetch(const Request& request, const Answer& answer);
    void give(const Request& request, const Answer& answer);

    void personalised(const PersonaliseSpec& spec);
    void remember() const;
    void recall();

    boost::asio::io_context& io_;
    Commands& commands_;
    Settings settings_;
    std::string boot_;
    Device device_;
    AgentSession session_;
    Surroundings surroundings_;
    Actions actions_;
    Personaliser personaliser_;
    ActMemory acts_;
    LostTime lost_time_;
    Settling settling_;
    Snapshot snapshot_;

    // What was put in place; the hash is empty before.
    std::string spec_hash_;
    std::vector<std::string> reach_;
    std::vector<std::string> services_;
    // Those who wait for the personalisation under way, and what it puts in place.
    std::vector<Answer> waiting_;
    std::string hash_under_way_;
    int probes_under_way_ = 0;
};

} // namespace testudo::agents
