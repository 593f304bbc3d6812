"""Profile page: the name of a user, and what they tell about themselves."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.views.generic import FormView

from authsvc.composition.container import services
from authsvc.http.actors import person_of
from authsvc.http.forms import NameField, ProfileFields


class ProfileForm(ProfileFields):
    name = NameField(label="Name", max_length=200, required=False)
    field_order = ("name",)


class ProfileView(LoginRequiredMixin, FormView[ProfileForm]):
    template_name = "account/profile.html"
    form_class = ProfileForm
    success_url = reverse_lazy("account")

    def get_initial(self) -> dict[str, Any]:
        user = services().accounts.get(by=person_of(self.request))
        return {"name": user.name, **user.profile.members}

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        members = dict(form.cleaned_data)
        services().accounts.describe(
            name=members.pop("name"), profile=members, by=person_of(self.request)
        )
        messages.success(self.request, "Your profile was saved.")
        return super().form_valid(form)
