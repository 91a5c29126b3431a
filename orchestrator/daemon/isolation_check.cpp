#include "orchestrator/daemon/isolation_check.hpp"

#include <utility>

#include "orchestrator/daemon/outside.hpp"
#include "orchestrator/isolation/inspection.hpp"

namespace testudo::daemon {

Result<void> IsolationCheck::start(const std::string& by) {
    const auto& state = engine_.projection().state();
    if (state.run() != exercise::Run::ready || !state.isolation().empty())
        return engine_.start(by);
    start_by_ = by;
    return under_way_ ? Result<void>() : begin(by);
}

Result<void> IsolationCheck::begin(const std::string& by) {
    if (under_way_)
        return fail("isolation.conflict", "", "a check of the isolation is under way; its report will be in the log");
    if (engine_.projection().state().run() == exercise::Run::provisioning)
        return fail("isolation.conflict", "", "not all machines are ready yet; it is checked as soon as they are");
    if (range_.busy())
        return fail("isolation.conflict", "", "machines are being kept or made anew; wait until that is done");
    under_way_ = true;
    isolation::inspect(range_.guests(), engine_.projection().plan(), outside_of_range(port_),
                       [this, by, life = std::weak_ptr(alive_)](const isolation::Report& report) {
                           if (life.expired())
                               return;
                           under_way_ = false;
                           // A log that refuses stops the exercise by itself; a range that is not closed is in the log.
                           (void)engine_.isolation_checked(isolation::to_json(report), by);
                           if (const auto starter = std::exchange(start_by_, {}); !starter.empty())
                               (void)engine_.start(starter);
                       });
    return {};
}

} // namespace testudo::daemon
