#pragma once
#include <map>
#include <memory>
#include <string>

#include "orchestrator/core/loop.hpp"
#include "orchestrator/exercise/guests.hpp"
#include "orchestrator/exercise/recorder.hpp"

namespace testudo::exercise {

// Carries out acts that the log has recorded as fired, and watches what they left behind.
//
//   fired ──► sent ──answered──► ok, failed, refused ──► effect looked at every 10 s until it is gone
//              │ lost or late
//              ├── idempotent: sent again with the same id, a few times
//              └── else: unknown, with what the look at the effect shows
class ActionRunner {
  public:
    ActionRunner(Loop& loop, const Projection& projection, Guests& guests, Recorder& recorder);
    ~ActionRunner();
    ActionRunner(const ActionRunner&) = delete;
    ActionRunner& operator=(const ActionRunner&) = delete;

    // The act is in the folded state and has no outcome.
    void launch(const std::string& act);
    // After a restart: acts without an outcome are finished or declared unknown, open effects are watched again.
    void recover();
    // Nothing is sent or watched any more.
    void stop();

  private:
    const plan::Inject& inject_of(const ActState& act) const;
    // If all acts of an inject on a team are answered, it is completed or failed.
    void complete(const plan::Inject& inject, const std::string& team, std::vector<Event>& events) const;
    void send(const std::string& id, int tries_left);
    void answered(const std::string& id, int tries_left, const Result<json::object>& reply);
    void conclude(const std::string& id, const std::string& outcome, const std::string& evidence,
                  const std::string& detail);
    void watch(const std::string& id, Millis delay);
    void inspect(const std::string& id);
    void inspected(const std::string& id, const Result<json::object>& reply);
    json::object request_of(const ActState& act) const;

    Loop& loop_;
    const Projection& projection_;
    Guests& guests_;
    Recorder& recorder_;
    std::map<std::string, TimerId> timers_;                   // by act: the next look or the next try
    std::shared_ptr<int> running_ = std::make_shared<int>(0); // callbacks hold it weakly
};

} // namespace testudo::exercise
