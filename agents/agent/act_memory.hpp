#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agents/protocol/message.hpp"

namespace testudo::agents {

// Every act happens once: remembers ids and results for as long as the agent lives. A repetition while the act is still
// under way waits for its end.
class ActMemory {
  public:
    using Answer = std::function<void(const Reply&)>;

    // True if the id is new: the caller runs the act and calls finish(). Else `answer` is called with the refusal.
    bool begin(const std::string& id, const Answer& answer);
    // A refused act (nothing was done) is forgotten; a finished one is remembered with its result.
    void finish(const std::string& id, const Reply& reply);

  private:
    struct Act {
        bool finished = false;
        json::object result;
        std::vector<Answer> waiting;
    };
    static Reply repeated(const json::object& result);

    std::map<std::string, Act> acts_;
};

} // namespace testudo::agents
