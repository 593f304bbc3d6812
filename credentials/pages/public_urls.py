"""URLs of issued credentials for strangers, below `/credentials/`; they need no database."""

from django.urls import path

from credentials.pages import certificates, public

urlpatterns = [
    path("<str:issued>.json", public.download_document, name="issued_document"),
    path("<str:issued>.jwt", public.download_token, name="issued_token"),
    path("<str:issued>/card.png", certificates.show_card, name="issued_card"),
    path("<str:issued>/certificate", certificates.show, name="issued_certificate"),
    path("<str:issued>/certificate.pdf", certificates.download, name="issued_certificate_pdf"),
    path("<str:issued>/image.<str:form>", public.download_image, name="issued_image"),
    path("<str:issued>", public.show, name="issued_page"),
]
