#pragma once
#include <optional>
#include <string>

#include "orchestrator/libvirt/handles.hpp"
#include "orchestrator/libvirt/metadata.hpp"

// Whose an object of libvirt's is.
namespace testudo::libvirt {

std::optional<Marked> mark_of(virDomainPtr domain);
std::optional<Marked> mark_of(virNetworkPtr network);

// Success if what is there is what is asked for; a refusal that says what is there otherwise.
Result<void> accept_existing(const std::optional<Marked>& there, const range::Mark& wanted, const std::string& name);
// Success if what is there belongs to the exercise of the object that is meant.
Result<void> check_ours(const std::optional<Marked>& there, const range::Observed& wanted);

} // namespace testudo::libvirt
