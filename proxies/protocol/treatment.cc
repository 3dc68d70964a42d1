#include "protocol/treatment.h"

#include <algorithm>

namespace faultline::protocol {

void Passage::begin(const Plan& plan, const fault::Decision::Side& side) {
  plan_ = &plan;
  side_ = &side;
  passed_ = 0;
  first_ = true;
  told_ = changed_ = drops_ = too_long_ = false;
}

void Passage::precede(std::string_view with) {
  instead_ = with;
  changed_ = true;
}

void Passage::replace(std::string_view with) {
  precede(with);
  drops_ = true;
}

Treatment& Passage::own() {
  treatment_.before = {};
  treatment_.drop = false;
  treatment_.patch_at = treatment_.stop_at = Treatment::kNowhere;
  treatment_.bytes_per_second = 0;
  treatment_.hang.reset();
  treatment_.cut.reset();
  treatment_.rule = nullptr;
  treatment_.effects.clear();
  treatment_.delay = {};
  if (first_) {
    first_ = false;
    treatment_.delay = side_->delay();
    for (const fault::Act& act : side_->delays) {
      treatment_.effects.push_back({.plan = plan_, .act = &act});
      treatment_.rule = act.rule.get();
    }
  }
  return treatment_;
}

void Passage::acts(Treatment& treatment) {
  if (!told_ && side_->effect) {
    told_ = true;
    treatment.effects.push_back({.plan = plan_, .act = &*side_->effect});
  }
}

void Passage::does_not_fit(Treatment& treatment) {
  if (!told_ && side_->effect) {
    told_ = true;
    treatment.effects.push_back({.plan = plan_, .act = &*side_->effect, .fits = false});
  }
}

Treatment* Passage::treat(std::span<const char> piece) {
  Treatment& treatment = own();
  if (too_long_) {
    does_not_fit(treatment);
  }
  const std::uint64_t from = passed_, to = passed_ + piece.size();
  passed_ = to;
  if (changed_) {
    treatment.drop = drops_;
    if (from == 0) {
      treatment.before = instead_;
      acts(treatment);
    }
    return &treatment;
  }
  if (const auto* cut = effect<fault::Cut>(); cut && (cut->after < to || (cut->after == 0 && from == 0))) {
    treatment.stop_at = static_cast<std::size_t>(cut->after > from ? cut->after - from : 0);
    treatment.cut = cut->how;
    acts(treatment);
  } else if (const auto* hang = effect<fault::Hang>();
             hang && hang->at == fault::Hang::At::begin && from == 0) {
    treatment.stop_at = 0;
    treatment.hang = *hang;
    treatment.rule = side_->effect->rule.get();
    acts(treatment);
  } else if (const auto* corrupt = effect<fault::Corrupt>()) {
    const std::uint64_t byte = corrupt->nth_byte;
    if (byte > from && byte <= to) {
      treatment.patch_at = static_cast<std::size_t>(byte - 1 - from);
      treatment.patch = static_cast<char>(piece[treatment.patch_at] ^ 1);
      acts(treatment);
    }
  } else if (const auto* throttle = effect<fault::Throttle>()) {
    treatment.bytes_per_second = throttle->bytes_per_second;
    acts(treatment);
  }
  const bool plain = treatment.delay == Duration{} && treatment.effects.empty() && !treatment.cut &&
                     !treatment.hang && treatment.bytes_per_second <= 0 &&
                     treatment.patch_at == Treatment::kNowhere;
  return plain ? nullptr : &treatment;
}

void Memory::remember(const std::string& key, std::string_view answer) {
  if (key.size() > kLongestKey || answer.size() > kLongestAnswer) {
    return;
  }
  if (by_key_.size() >= kMostKeys && !by_key_.contains(key)) {
    return;
  }
  Answers& answers = by_key_[key];
  if (answers.last != answer) {
    answers.before = std::move(answers.last);
    answers.last = answer;
  }
}

const std::string* Memory::other_than(const std::string& key, std::string_view now) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    return nullptr;
  }
  const std::string& other = found->second.last == now ? found->second.before : found->second.last;
  return other.empty() ? nullptr : &other;
}

}  // namespace faultline::protocol
