from django.db import migrations

from authsvc.storage.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]
    operations = [AppendOnly("CourseVersion")]
