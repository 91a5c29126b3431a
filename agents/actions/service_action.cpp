#include "agents/actions/action_kinds.hpp"
#include "agents/actions/services.hpp"

namespace testudo::agents {
namespace {

// Stops or starts a service of this machine, and judges by its state afterwards, not by what the command says.
class ServiceAction final : public Action {
  public:
    ServiceAction(Surroundings& surroundings, bool running) : commands_(surroundings.commands), running_(running) {}

    void run(const ActionRequest& request, ActionDone done) override {
        const auto unit = text_or(request.params, "service");
        if (!is_service_name(unit))
            return done(fail("refused.params", "service", "not the name of a service"));
        const std::string verb = running_ ? "start" : "stop";
        run_service(commands_, unit, verb, [this, unit, verb, done = std::move(done)](const CommandResult& command) {
            auto detail = "service " + unit + " " + verb + ": exit status " + std::to_string(command.status);
            is_service_running(commands_, unit, [this, unit, detail = std::move(detail), done](bool running) {
                done(ActionResult{running == running_, state_text(unit, running), detail});
            });
        });
    }

    void inspect(const ActionRequest& request, InspectDone done) override {
        const auto unit = text_or(request.params, "service");
        if (!is_service_name(unit))
            return done(fail("refused.params", "service", "not the name of a service"));
        is_service_running(commands_, unit, [this, unit, done = std::move(done)](bool running) {
            done(Inspection{running == running_, state_text(unit, running)});
        });
    }

  private:
    static std::string state_text(const std::string& unit, bool running) {
        return unit + (running ? " is running" : " is not running");
    }

    Commands& commands_;
    bool running_; // the state that the action brings about
};

} // namespace

std::unique_ptr<Action> make_stop_service(Surroundings& surroundings) {
    return std::make_unique<ServiceAction>(surroundings, false);
}

std::unique_ptr<Action> make_start_service(Surroundings& surroundings) {
    return std::make_unique<ServiceAction>(surroundings, true);
}

} // namespace testudo::agents
