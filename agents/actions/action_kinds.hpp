#pragma once
#include <memory>

#include "agents/actions/action.hpp"

// One maker per action, each in its own file.
namespace testudo::agents {

std::unique_ptr<Action> make_stop_service(Surroundings& surroundings);
std::unique_ptr<Action> make_start_service(Surroundings& surroundings);
std::unique_ptr<Action> make_deface();
std::unique_ptr<Action> make_plant_file();
std::unique_ptr<Action> make_sweep_ports(Surroundings& surroundings);
std::unique_ptr<Action> make_guess_password(Surroundings& surroundings);
std::unique_ptr<Action> make_beacon(Surroundings& surroundings);
std::unique_ptr<Action> make_write_register(Surroundings& surroundings);
std::unique_ptr<Action> make_fill_quota();

} // namespace testudo::agents
