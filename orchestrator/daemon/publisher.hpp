#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "orchestrator/core/json.hpp"
#include "orchestrator/core/loop.hpp"
#include "orchestrator/exercise/view.hpp"
#include "web/server/caller.hpp"
#include "web/server/hub.hpp"

namespace testudo::daemon {

// Puts the views of all audiences before the web clients after the log grew: soon, and once for many events.
class Publisher {
  public:
    // How long events are gathered: a person sees no difference, and a burst costs one view per audience.
    static constexpr Millis gather{50};

    // `projection` gives the newest fold; it, the loop and the hub must outlive this.
    Publisher(Loop& loop, web::Hub& hub, std::function<const exercise::Projection&()> projection,
              exercise::ViewOptions options);
    ~Publisher();
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;

    void changed();

  private:
    struct Shown {
        exercise::Audience audience;
        std::shared_ptr<const json::object> view;
        std::uint64_t seq = 0;
    };
    void publish();

    Loop& loop_;
    web::Hub& hub_;
    std::function<const exercise::Projection&()> projection_;
    exercise::ViewOptions options_;
    std::string epoch_;
    std::map<std::string, Shown> shown_; // by web::audience_of
    TimerId timer_ = 0;
    std::chrono::steady_clock::time_point oldest_{}; // event that waits to be shown
};

// The audience as the views know it.
exercise::Audience audience_for(const web::Caller& caller);

} // namespace testudo::daemon
