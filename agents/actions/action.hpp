#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agents/actions/commands.hpp"
#include "agents/probes/reach.hpp"
#include "orchestrator/core/json.hpp"

// Emulated steps of an adversary. Each is harmless by construction: it works on this machine's own files and services,
// or talks to addresses that the guard allows, within fixed bounds; and it tells exactly what it did.
namespace testudo::agents {

struct ActionRequest {
    std::string action;
    json::object params;
    std::optional<Address> address; // of the target, if it is another machine
};

struct ActionResult {
    bool ok = false;
    std::string evidence; // one line for the controller: what can be seen now
    std::string detail;   // what exactly was done
};

struct Inspection {
    bool holds = false;
    std::string evidence;
};

using ActionDone = std::function<void(Result<ActionResult>)>;
using InspectDone = std::function<void(Result<Inspection>)>;

// What actions work with.
struct Surroundings {
    boost::asio::io_context& io;
    Commands& commands;
    Reach reach;
};

class Action {
  public:
    virtual ~Action() = default;
    // `done` is called once, now or later; an error is a refusal: nothing was done.
    virtual void run(const ActionRequest& request, ActionDone done) = 0;
    // Whether the effect of a run with these parameters holds now. By default: this action leaves none.
    virtual void inspect(const ActionRequest& request, InspectDone done);
};

class Actions {
  public:
    explicit Actions(Surroundings& surroundings);
    void run(const ActionRequest& request, ActionDone done);
    void inspect(const ActionRequest& request, InspectDone done);

  private:
    Action* find(const std::string& name) const;

    std::map<std::string, std::unique_ptr<Action>> actions_;
};

} // namespace testudo::agents
