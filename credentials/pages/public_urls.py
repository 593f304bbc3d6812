"""URLs of issued credentials for strangers, below `/credentials/`; they need no database."""

from django.urls import path

from credentials.pages import public

urlpatterns = [
    path("<str:issued>.json", public.download_document, name="issued_document"),
    path("<str:issued>.jwt", public.download_token, name="issued_token"),
    path("<str:issued>/image.<str:form>", public.download_image, name="issued_image"),
    path("<str:issued>", public.show, name="issued_page"),
]
