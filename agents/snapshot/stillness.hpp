#pragma once
#include <sys/types.h>
#include <vector>

namespace testudo::agents {

// Stops every other process of a container for as long as it lives, so that files are not written while they are read:
// what is read then is what a power cut would have left. For the first process of a container only; anywhere else it
// does nothing, for it would stop the machine.
class Stillness {
  public:
    Stillness();
    ~Stillness();
    Stillness(const Stillness&) = delete;
    Stillness& operator=(const Stillness&) = delete;

  private:
    std::vector<pid_t> stopped_; // by us: what somebody else had stopped stays so
};

} // namespace testudo::agents
