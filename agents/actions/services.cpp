#include "agents/actions/services.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <memory>
#include <set>
#include <unistd.h>

namespace testudo::agents {
namespace {

constexpr Millis patience{120'000};

using StartDone = std::function<void(std::vector<std::string>, std::string)>;

bool has_systemd() {
    return ::access("/run/systemd/system", F_OK) == 0;
}

class Start : public std::enable_shared_from_this<Start> {
  public:
    Start(Commands& commands, std::vector<std::string> units, StartDone done)
        : commands_(commands), units_(std::move(units)), done_(std::move(done)), left_(units_.size()) {}

    // One call for all, since in an emulated machine every program costs a second; systemd knows the right order.
    void by_systemd() {
        Command command{{"systemctl", "restart"}, "", {}, patience};
        command.argv.insert(command.argv.end(), units_.begin(), units_.end());
        commands_.run(std::move(command), [keep = shared_from_this()](const CommandResult& r) {
            keep->output_ = r.output;
            if (r.good())
                return keep->done_({}, "");
            for (const auto& unit : keep->units_)
                is_service_running(keep->commands_, unit,
                                   [keep, unit](bool running) { keep->note(unit, running, keep->output_); });
        });
    }

    void one_by_one() {
        for (const auto& unit : units_)
            is_service_running(commands_, unit, [keep = shared_from_this(), unit](bool running) {
                run_service(keep->commands_, unit, running ? "restart" : "start",
                            [keep, unit](const CommandResult& r) { keep->note(unit, r.good(), r.output); });
            });
    }

  private:
    void note(const std::string& unit, bool good, const std::string& output) {
        if (!good) {
            failed_.insert(unit);
            output_ = output;
        }
        if (--left_ > 0)
            return;
        std::vector<std::string> ordered;
        std::copy_if(units_.begin(), units_.end(), std::back_inserter(ordered),
                     [this](const auto& u) { return failed_.contains(u); });
        done_(std::move(ordered), output_);
    }

    Commands& commands_;
    std::vector<std::string> units_;
    StartDone done_;
    std::size_t left_;
    std::set<std::string> failed_;
    std::string output_;
};

} // namespace

bool is_service_name(const std::string& name) {
    return !name.empty() && name.size() <= 64 && name[0] != '-' && name[0] != '.' &&
           std::all_of(name.begin(), name.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '@';
           });
}

void run_service(Commands& commands, const std::string& unit, const std::string& verb,
                 std::function<void(CommandResult)> done) {
    if (has_systemd())
        commands.run({{"systemctl", verb, unit}, "", {}, patience}, std::move(done));
    else
        commands.run({{"service", unit, verb}, "", {}, patience}, std::move(done));
}

void is_service_running(Commands& commands, const std::string& unit, std::function<void(bool)> done) {
    Command command{{"service", unit, "status"}, "", {}, patience};
    if (has_systemd())
        command.argv = {"systemctl", "is-active", "--quiet", unit};
    commands.run(std::move(command), [done = std::move(done)](const CommandResult& r) { done(r.good()); });
}

void start_services(Commands& commands, const std::vector<std::string>& units, StartDone done) {
    if (units.empty())
        return done({}, "");
    auto start = std::make_shared<Start>(commands, units, std::move(done));
    if (has_systemd())
        start->by_systemd();
    else
        start->one_by_one();
}

} // namespace testudo::agents
