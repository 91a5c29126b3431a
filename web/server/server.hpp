#pragma once
#include <memory>

#include "orchestrator/core/error.hpp"
#include "web/server/backend.hpp"
#include "web/server/hub.hpp"
#include "web/server/metrics.hpp"
#include "web/server/options.hpp"

namespace testudo::web {

// Serves the pages, the API, the live views and the metrics, on a thread of its own. Backend and hub must outlive it.
class Server {
  public:
    // Listens and serves; fails if the address cannot be had or the pages cannot be read.
    static Result<std::unique_ptr<Server>> start(const Options& options, Backend& backend, Hub& hub);
    // Tells the live clients that it stops (1001), gives them a moment, and closes everything.
    ~Server();

    std::uint16_t port() const;
    // What /metrics says of the domain from now on. From any thread.
    void set_domain_gauges(const DomainGauges& gauges);

  private:
    struct Engine;
    explicit Server(std::unique_ptr<Engine> engine);
    std::unique_ptr<Engine> engine_;
};

} // namespace testudo::web
