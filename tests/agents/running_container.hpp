#pragma once
#include <string>

namespace testudo::agents {

// For RunningAgent: puts the agent where libvirt puts it in a container, over the root named by TESTUDO_TEST_ROOT, or
// over one that holds little more than busybox.
extern const std::string prepare_container;

} // namespace testudo::agents
